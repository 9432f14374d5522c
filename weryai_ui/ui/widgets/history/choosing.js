// Several submissions of the history at once: starred, shared, taken home as one zip, forgotten.
import { asks } from "../../scripts/asking.js";
import { button, make, refocus } from "../../scripts/dom.js";
import { tell } from "../../scripts/events.js";
import { answerOf, params } from "../../scripts/server.js";
import { say } from "../../scripts/words.js";
import { saveZip } from "../../scripts/zip.js";
import { compare } from "./comparing.js";
import { joinFilms } from "./joining.js";

const MOST_SHARED = 12;
const LEAST_FILMS = 2;
const MOST_COMPARED = 4; // films
const MOST_JOINED = 10; // films
const MOST = 40; // at once; a zip takes no more

/** @type {Map<string, any>} */
const chosen = new Map(); // rows by the ids of their submissions

/**
 * What the history lends.
 * @typedef {object} Place
 * @property {Widget} widget
 * @property {() => HTMLElement} bar  where the buttons stand
 * @property {() => any[]} rows  those that are shown
 * @property {() => Promise<void>} reload
 */

/** @param {any} row @param {Place} place */
export function choiceNode(row, place) {
  const box = make("input");
  box.type = "checkbox";
  box.checked = chosen.has(row.id);
  box.setAttribute("aria-label", `${say("choosing.select")}: ${row.title || row.prompt || row.shape}`);
  box.onchange = () => {
    if (box.checked) chosen.set(row.id, row);
    else chosen.delete(row.id);
    drawChosen(place);
  };
  return box;
}

// The rows as they are now; what was chosen and is not among them stays as it was.
/** @param {any[]} rows @param {Place} place */
export function renewChosen(rows, place) {
  for (const row of rows) if (chosen.has(row.id)) chosen.set(row.id, row);
  drawChosen(place);
}

/** @param {Place} place @param {boolean} all */
function chooseShown(place, all) {
  chosen.clear();
  if (all) for (const row of place.rows()) chosen.set(row.id, row);
  for (const box of document.querySelectorAll("#history .rows input")) {
    /** @type {HTMLInputElement} */ (box).checked = all;
  }
  drawChosen(place);
}

/** @param {Place} place @param {string} said */
export function drawChosen(place, said = "") {
  const bar = place.bar();
  const held = document.activeElement;
  bar.setAttribute("aria-label", say("choosing.bar"));
  bar.replaceChildren(...(chosen.size ? buttons(place) : []), ...(said ? [make("p", "said", said)] : []));
  bar.hidden = !bar.childElementCount;
  if (held && !held.isConnected) refocus(held, /** @type {HTMLElement} */ (bar.closest("section")));
}

/** @param {Place} place */
function buttons(place) {
  const rows = [...chosen.values()];
  const starred = rows.every((row) => row.starred);
  return [
    make("span", "count", say("choosing.selected", { n: rows.length })),
    limited(button(say(starred ? "choosing.unstar" : "choosing.star"), () => star(place, !starred))),
    filmsNode("compare", rows, place),
    filmsNode("join", rows, place),
    ...(document.getElementById("sharing") ? [shareNode(rows)] : []),
    limited(button(say("choosing.zip"), () => zip(place))),
    limited(button(say("choosing.forget"), () => forget(place))),
    button(say("choosing.all"), () => chooseShown(place, true)),
    button(say("choosing.none"), () => chooseShown(place, false)),
  ];
}

/** @param {HTMLButtonElement} node @param {number} number  of what it would be done with */
function limited(node, number = chosen.size, most = MOST) {
  node.disabled = !number || number > most;
  if (number > most) node.title = say("choosing.most", { most });
  return node;
}

const OF_FILMS = {
  compare: { open: compare, does: "comparing.do", few: "comparing.few", most: MOST_COMPARED },
  join: { open: joinFilms, does: "joining.do", few: "joining.few", most: MOST_JOINED },
};

// What is done with two films and more, in the order in which they were chosen.
/** @param {keyof typeof OF_FILMS} what @param {any[]} rows @param {Place} place */
function filmsNode(what, rows, place) {
  const { open, does, few, most } = OF_FILMS[what];
  const films = rows.reduce((sum, row) => sum + row.films, 0);
  const ids = rows.flatMap((row) => (row.films ? [row.id] : []));
  const id = `${what}-selected`;
  const node = button(say(does), async () => {
    const said = await open(place.widget, ids, () => document.getElementById(id)?.focus());
    if (said) drawChosen(place, said);
  });
  node.id = id;
  node.disabled = films < LEAST_FILMS || films > most;
  if (node.disabled) node.title = say(few);
  return node;
}

// What has a film can be shown to others.
/** @param {any[]} rows */
function shareNode(rows) {
  const intents = rows.flatMap((row) => (row.shareable ? [row.id] : []));
  const node = button(`${say("share.share_selected")} (${intents.length})`, () => tell("shareWanted", { intents }));
  node.id = "share-selected";
  return limited(node, intents.length, MOST_SHARED);
}

const asked = (more = {}) => params({ intents: [...chosen.keys()], ...more });

/** @param {Place} place @param {boolean} starred */
async function star(place, starred) {
  const answer = await answerOf(place.widget.server.star_many(asked({ starred })));
  await place.reload();
  drawChosen(place, answer ? answer.said : say("common.no_answer"));
  tell("boardWanted", undefined);
}

/** @param {Place} place */
async function zip(place) {
  const intents = [...chosen.keys()];
  const answer = await answerOf(place.widget.server.zip_films(params({ intents })));
  if (answer && !answer.refused) saveZip(intents);
  drawChosen(place, answer ? (answer.refused ?? answer.says) : say("common.no_answer"));
}

/** @param {Place} place */
async function forget(place) {
  if (!(await asks(say("choosing.forget_asks", { n: chosen.size }), say("choosing.forget_yes")))) return;
  const answer = await answerOf(place.widget.server.forget_many(asked()));
  for (const id of answer?.forgotten ?? []) {
    chosen.delete(id);
    tell("forgotten", { id });
  }
  await place.reload();
  drawChosen(place, answer ? "" : say("common.no_answer"));
  tell("boardWanted", undefined);
}
