// Which result is shown large, with its request, response and code beside it: the newest, until another is chosen.
import { on, tell } from "../../scripts/events.js";
import { whenRestored } from "../../scripts/form.js";
import { answerOf, params } from "../../scripts/server.js";
import { read, write } from "../../scripts/storage.js";
import { settleForm } from "../../scripts/submission.js";
import { isTimelineShown, showSent, showTimeline } from "./panes.js";

let id = read("chosen");
let asked = ""; // the standing at which the panes of it were asked for

export const chosenId = () => id;

// What an event brought is shown as it came, and not asked for.
/** @param {import("./panes.js").Sent} panes */
export function takePanes(panes) {
  if (panes.of) remember(panes.of);
  showSent(panes);
}

/** @param {string} chosen */
function remember(chosen) {
  id = chosen;
  asked = "";
  write("chosen", chosen);
}

/** @type {any} The card of what is chosen, which may be older than those on the board. */
let card = null;

// The cards of the board, and the chosen one where it is older.
/** @param {any[]} cards */
export const withChosen = (cards) =>
  card?.id === id && id && !cards.some((each) => each.id === id) ? [...cards, card] : cards;

/** @param {Widget} widget */
async function ask(widget) {
  const answer = await answerOf(widget.server.panes_of(params({ intent: id })));
  if (!answer?.of || answer.of !== id) return;
  card = answer.card;
  showSent(answer);
}

/** @param {Widget} widget @param {string} chosen */
export async function choose(widget, chosen) {
  remember(chosen);
  settleForm();
  await ask(widget);
}

// The end of the chosen one brings its final status; before that, who looks at its timeline sees it grow.
// `standing`: where it stands, as text.
/** @param {Widget} widget @param {string} standing @param {boolean} isOver */
export function follow(widget, standing, isOver) {
  if (asked === standing || !(isOver || isTimelineShown())) return;
  asked = standing;
  if (isOver) ask(widget);
  else askTimeline(widget);
}

// What stands in the other panes may be a form that is being written: it is left alone.
/** @param {Widget} widget */
export async function askTimeline(widget) {
  const answer = id && (await answerOf(widget.server.panes_of(params({ intent: id }))));
  if (answer?.of === id) showTimeline(answer);
}

// What was chosen before a reload is chosen again, with the draft in the form.
export function restore() {
  if (id) whenRestored(() => tell("resultChosen", { id }));
}

/** @param {string} gone  what was forgotten */
export function forgetChosen(gone) {
  if (gone !== id) return;
  remember("");
  showSent({});
}
on("forgotten", ({ id: gone }) => forgetChosen(gone));
