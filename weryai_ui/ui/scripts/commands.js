// Everything that the page can do, each named once, with the control that does it: a command presses that.
import { tell } from "./events.js";
import { focusField } from "./fields.js";
import { showList } from "./keys.js";
import { showHistory, showPage } from "./pages.js";
import { choosePick } from "./pick.js";
import { fill, has, names, say, sayIn } from "./words.js";

/** @typedef {{ text: string, also: string, act: () => void }} Command  with its name in English as well */

const IN_TRAY = ["images", "videos", "audios"];
/** The words of each, and the controls that do it, where they are there: what such a one says fills the words. */
const CONTROLS = [
  ["page.generate", "#generate"],
  ["page.check", "#check"],
  ["variations.open", "#variations-open"],
  ["board.forget_key", "#forget-key:not([hidden])"],
  ["carry.paste", ".carry > .row > :nth-child(1)"],
  ["carry.share", ".carry > .row > :nth-child(2)"],
  ["share.title", "#task-board .chosen .share"],
  ["board.details", "#task-board .chosen .details"],
  ["palette.result", "#task-board .thumbs button", ".what"],
  ["examples.open", "#examples .all"],
  ["api.title", "#heading .opens-api"],
  ["palette.theme", "#heading .theme"],
  ["palette.language", "#heading .languages [aria-pressed=false]"],
];

// `what` fills its words: a key, or a text as it stands.
/** @param {string} key @param {() => void} act @param {string} [what] @returns {Command} */
const command = (key, act, what = "") => ({
  text: say(key, { what: has(what) ? say(what) : what }),
  also: fill(sayIn("en", key), { what: has(what) ? sayIn("en", what) : what }),
  act,
});

/** @param {string} selector @returns {any[]} */
const all = (selector) => [...document.querySelectorAll(selector)];

// Where form and results are two pages, the control has to be on the one that shows.
/** @param {HTMLElement} node */
function press(node) {
  if (node.closest(".studio-results")) showPage("results");
  else if (!node.closest(".studio-actions, #heading")) showPage("create");
  node.click();
}

function goToReferences() {
  showPage("create");
  document.getElementById("references")?.querySelector("textarea")?.focus();
}

/** @returns {Command[]} what can be done now */
export function commands() {
  const controls = CONTROLS.map(([key, selector, part]) =>
    all(selector).map((node) =>
      command(key, () => press(node), (part ? node.querySelector(part) : node)?.textContent ?? ""),
    ),
  );
  const destinations = all("#send-to input:not(:checked)").map((input) =>
    command("palette.send_to", () => choosePick(input), `send_to.${input.value}`),
  );
  const places = studioData.fields
    .filter((name) => !IN_TRAY.includes(name))
    .map((name) => command("palette.go_to", () => focusField(name), `label.${name}`));
  const titles = names("example").filter((name) => name.endsWith(".title"));
  const examples = titles.map((title) =>
    command("palette.example", () => tell("exampleWanted", { id: title.slice(0, -6) }), `example.${title}`),
  );
  return [
    ...controls.flat(),
    ...destinations,
    ...places,
    command("palette.go_to", goToReferences, "tray.title"),
    command("palette.go_to", showHistory, "history.title"),
    ...examples,
    command("keys.title", showList),
  ];
}
