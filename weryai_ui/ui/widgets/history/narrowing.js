// What of the history is asked for, beside its words: a state, a model, where it went, when; and in which order.
import { button, make } from "../../scripts/dom.js";
import { language, names, say } from "../../scripts/words.js";

const DAY_S = 86400;
const models = Object.keys(studioData.models.of);

/** @param {string} key  of a model */
function modelName(key) {
  const of = studioData.models.names[key] ?? {};
  return of[language()] ?? of.en ?? key;
}

/** @typedef {{ filter: string, model: string, place: string, when: string, order: string, since: string, until: string }} Asked */
const NOTHING = { filter: "all", model: "", place: "", when: "any_time", order: "newest", since: "", until: "" };
/** @type {Asked} */
const asked = { ...NOTHING };

// Midnight of today, or of a day as a box for dates has it, in seconds since 1970 by this browser's clock.
/** @param {string} day @param {number} later  in days */
function midnight(day = "", later = 0) {
  const date = day ? new Date(`${day}T00:00`) : new Date();
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() + later);
  return date.getTime() / 1000;
}

/** @returns {{ since?: number, until?: number }} */
function span() {
  if (asked.when === "today") return { since: midnight() };
  if (asked.when === "week") return { since: Date.now() / 1000 - 7 * DAY_S };
  if (asked.when === "month") return { since: Date.now() / 1000 - 30 * DAY_S };
  if (asked.when !== "between") return {};
  const since = asked.since ? { since: midnight(asked.since) } : {};
  return asked.until ? { ...since, until: midnight(asked.until, 1) } : since;
}

// As the server is asked.
export function narrowed() {
  return { filter: asked.filter, model: asked.model, send_to: asked.place, order: asked.order, ...span() };
}

// What is filtered, in words; nothing where all of it is asked for.
/** @param {string} typed */
export function said(typed) {
  const { since, until } = asked;
  const words = typed.trim();
  return [
    asked.filter === "all" ? "" : say(`filter.${asked.filter}`),
    asked.model && modelName(asked.model),
    asked.place && say(`send_to.${asked.place}`),
    asked.when === "between"
      ? `${since} – ${until}`.trim()
      : asked.when === "any_time"
        ? ""
        : say(`narrowing.${asked.when}`),
    words && say("narrowing.words", { words }),
  ]
    .filter((each) => each && each !== "–")
    .join(" · ");
}

/** @param {HTMLElement} chips @param {HTMLElement} row @param {() => void} change */
export function clear(chips, row, change) {
  Object.assign(asked, NOTHING);
  drawNarrowing(chips, row, change);
  change();
}

/** @param {keyof Asked} name @param {[string, string][]} choices @param {() => void} change */
function select(name, choices, change) {
  const node = make("select");
  for (const [value, text] of choices) node.append(new Option(text, value));
  node.value = asked[name];
  node.dataset.narrows = name;
  node.setAttribute("aria-label", say(`narrowing.${name}`));
  node.onchange = () => {
    asked[name] = node.value;
    change();
  };
  return node;
}

/** @param {"since" | "until"} name @param {() => void} change */
function date(name, change) {
  const node = make("input");
  Object.assign(node, { type: "date", value: asked[name] });
  node.setAttribute("aria-label", say(`narrowing.${name}`));
  node.onchange = () => {
    asked[name] = node.value;
    change();
  };
  return node;
}

/** @param {string} name @param {HTMLElement} chips @param {() => void} change */
function chip(name, chips, change) {
  const node = button(say(`filter.${name}`), () => {
    asked.filter = name;
    for (const each of chips.children) each.setAttribute("aria-pressed", String(each === node));
    change();
  });
  node.setAttribute("aria-pressed", String(name === asked.filter));
  return node;
}

/** @param {string[]} keys @returns {[string, string][]} */
const choicesOf = (keys) => keys.map((key) => [key, say(`narrowing.${key}`)]);

// `chips`: where the states stand; `row`: where the rest does.
/** @param {HTMLElement} chips @param {HTMLElement} row @param {() => void} change */
export function drawNarrowing(chips, row, change) {
  chips.replaceChildren(...names("filter").map((name) => chip(name, chips, change)));
  const again = () => {
    drawNarrowing(chips, row, change);
    /** @type {HTMLElement | null} */ (row.querySelector('[data-narrows="when"]'))?.focus();
    change();
  };
  /** @type {[string, string][]} */
  const ofModels = models.map((key) => [key, modelName(key)]);
  /** @type {[string, string][]} */
  const places = names("send_to").map((name) => [name, say(`send_to.${name}`)]);
  row.replaceChildren(
    ...(models.length > 1 ? [select("model", [["", say("narrowing.all_models")], ...ofModels], change)] : []),
    select("place", [["", say("narrowing.all_places")], ...places], change),
    select("when", choicesOf(["any_time", "today", "week", "month", "between"]), again),
    ...(asked.when === "between" ? [date("since", change), date("until", change)] : []),
    select("order", choicesOf(["newest", "oldest"]), change),
  );
}
