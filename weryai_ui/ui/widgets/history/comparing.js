// Films side by side, in step, with what differs in their requests beneath.
import { button, make, player } from "../../scripts/dom.js";
import { answerOf, params } from "../../scripts/server.js";
import { say } from "../../scripts/words.js";
import { playTogether } from "../task_board/together.js";
import { joinFilms } from "./joining.js";
import { pickNodes } from "./picking.js";
import { wipe } from "./wipe.js";

const FRAME_S = 1 / 24; // of the service's films

// Opens a dialog, and calls `closed` at its end. Gives the reason where there is nothing to compare.
// `firsts`: of each submission the first film alone.
/** @param {Widget} widget @param {string[]} intents @param {() => void} closed @param {boolean} [firsts]
 * @returns {Promise<string>} */
export async function compare(widget, intents, closed, firsts = false) {
  const answer = await answerOf(widget.server.compare_films(params({ intents, firsts })));
  if (!answer?.films) return answer?.refused ?? say("common.no_answer");
  const films = answer.films.map((/** @type {any} */ each) => player(each.video, each.name));
  const dialog = make("dialog", "comparing");
  dialog.setAttribute("aria-labelledby", "comparing-title");
  const header = make("header");
  const title = make("h2", "", say("comparing.do"));
  title.id = "comparing-title";
  header.append(
    title,
    button(say("common.close"), () => dialog.close()),
  );
  const says = make("p", "facts said");
  says.setAttribute("role", "status");
  const row = filmsNode(answer.films, films);
  const picks = pickNodes(widget, answer.films, (text) => {
    says.textContent = text;
  });
  for (const [index, pick] of picks.entries()) row.children[index].append(pick);
  const beneath = controls(films, row);
  beneath.append(joinNode(widget, answer.films, says));
  dialog.append(header, row, beneath, says, ...differences(answer));
  dialog.onclose = () => {
    dialog.remove(); // what plays ends with it
    closed();
  };
  widget.element.querySelector(".history")?.append(dialog);
  dialog.showModal();
  return "";
}

/** @param {any[]} named @param {HTMLVideoElement[]} films */
function filmsNode(named, films) {
  const row = make("div", "films");
  films.forEach((film, index) => {
    film.preload = "auto";
    const figure = make("figure");
    figure.append(film, make("figcaption", "", named[index].name));
    row.append(figure);
  });
  return row;
}

/** @param {Widget} widget @param {{ intent: string }[]} named @param {HTMLElement} says */
function joinNode(widget, named, says) {
  const intents = [...new Set(named.map((each) => each.intent))];
  const node = button(say("joining.do"), async () => {
    says.textContent = await joinFilms(widget, intents, () => node.focus());
  });
  return node;
}

// Of two films, one over the other, until it is pressed again.
/** @param {HTMLVideoElement[]} films @param {HTMLElement} beside  where they stand side by side */
function wipeNode(films, beside) {
  /** @type {ReturnType<typeof wipe> | null} */
  let open = null;
  const node = button(say("wiping.do"), () => {
    if (open) {
      open.end();
      open.node.remove();
      open = null;
    } else {
      open = wipe(films);
      beside.before(open.node);
    }
    node.setAttribute("aria-pressed", String(Boolean(open)));
    beside.classList.toggle("wiped", Boolean(open));
  });
  node.setAttribute("aria-pressed", "false");
  node.title = say("wiping.says");
  return node;
}

/** @param {HTMLVideoElement[]} films @param {HTMLElement} beside */
function controls(films, beside) {
  const row = make("div", "row");
  row.append(
    button(say("board.together"), () => playTogether(films)),
    ...[-1, 1].map((way) => {
      const node = button(say(way < 0 ? "comparing.back" : "comparing.forward"), () => step(films, way));
      node.title = say("comparing.step");
      return node;
    }),
    ...(films.length === 2 ? [wipeNode(films, beside)] : []),
  );
  return row;
}

// All stand at the moment of the first, a frame on.
/** @param {HTMLVideoElement[]} films @param {number} way */
function step(films, way) {
  for (const film of films) film.pause();
  const at = Math.max(0, films[0].currentTime + way * FRAME_S);
  for (const film of films) film.currentTime = Math.min(at, film.duration || at);
}

/** @param {any} answer @returns {HTMLElement[]} */
function differences({ films, rows, prompts }) {
  const heading = make("h3", "", say("comparing.differs"));
  if (!rows.length && !prompts.length) return [heading, make("p", "facts", say("comparing.same"))];
  const table = make("table");
  const top = make("tr");
  top.append(cell("th", say("comparing.field")), ...films.map((/** @type {any} */ each) => cell("th", each.name)));
  table.append(top, ...rows.map(rowNode));
  if (prompts.length) table.append(promptRow(prompts));
  const place = make("div", "differs");
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", say("comparing.differs"));
  place.append(table);
  return [heading, place, ...(prompts.length ? [make("p", "facts", say("comparing.marks"))] : [])];
}

/** @param {string} tag @param {string} [text] */
function cell(tag, text = "") {
  const node = make(tag, "", text);
  if (tag === "th") node.scope = "col";
  return node;
}

/** @param {{ label: string, values: string[] }} row */
function rowNode({ label, values }) {
  const line = make("tr");
  const name = cell("th", label);
  name.scope = "row";
  line.append(name, ...values.map((value) => cell("td", value || "–")));
  return line;
}

/** @param {{ text: string, how: string }[][]} prompts */
function promptRow(prompts) {
  const line = rowNode({ label: say("label.prompt"), values: [] });
  for (const pieces of prompts) {
    const place = cell("td");
    place.append(...pieces.map(({ text, how }) => make({ added: "ins", removed: "del" }[how] ?? "span", "", text)));
    line.append(place);
  }
  return line;
}
