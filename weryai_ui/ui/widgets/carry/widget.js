// The form in and out: pasted bodies, links with a form, and what came of them.
import { button, finder, make } from "../../scripts/dom.js";
import { on, tell } from "../../scripts/events.js";
import { form, handed, whenRestored } from "../../scripts/form.js";
import { answerOf, params } from "../../scripts/server.js";
import { speaking, wordsOf } from "../../scripts/words.js";

const HASH = "#form=";
const words = wordsOf("carry");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
/** @type {Values} The form that a filling replaced, for one step back. */
let before = {};

/** @param {string[]} lines @param {HTMLElement[]} [more] */
function report(lines, more = []) {
  $(".says").replaceChildren(...lines.map((line) => make("li", "", line)), ...more);
}

/** @param {Values} values */
function replace(values) {
  handed.pending = values;
  widget.trigger("run_again");
}

function goBack() {
  replace(before);
  report([words.went_back]);
  $(".row button").focus();
}

/** @param {{ values: Values, what: string, notes?: string[] }} given */
function fillForm({ values, what, notes = [] }) {
  before = { ...form.values };
  replace(values);
  const back = make("li");
  back.append(button(words.back, goBack));
  report([what, ...notes], [back]);
}

async function readPasted() {
  const answer = await answerOf(widget.server.read_pasted(params({ text: $("textarea").value })));
  if (!answer?.ok) {
    $(".wrong").textContent = (answer?.notes ?? [words.no_answer]).join("\n");
    return;
  }
  $("dialog").close();
  $("textarea").value = "";
  tell("formGiven", { values: answer.values, what: words.filled, notes: answer.notes });
}

async function share() {
  const answer = await answerOf(widget.server.share_form(params({ values: form.values })));
  if (!answer) return report([words.no_answer]);
  if (!answer.text) return report(answer.left_out);
  const link = `${location.href.split("#")[0]}${HASH}${answer.text}`;
  try {
    await navigator.clipboard.writeText(link);
    report([words.link_copied, ...answer.left_out]);
  } catch {
    report([link, ...answer.left_out]);
  }
}

async function openShared() {
  if (!location.hash.startsWith(HASH)) return;
  const text = location.hash.slice(HASH.length);
  // Taken out of the address, so that a reload keeps what was typed since.
  history.replaceState(null, "", location.href.split("#")[0]);
  const answer = await answerOf(widget.server.open_shared(params({ text })));
  if (!answer?.ok) report(answer?.notes ?? [words.no_answer]);
  else tell("formGiven", { values: answer.values, what: words.opened, notes: answer.notes });
}

function openPaste() {
  $(".wrong").textContent = "";
  $("dialog").showModal();
  $("textarea").focus();
}

function write() {
  $("#paste-title").textContent = words.paste_title;
  $("#paste-says").textContent = words.paste_says;
  $("textarea").setAttribute("aria-label", words.paste_title);
  $("textarea").placeholder = words.placeholder;
  const pasting = button(words.paste, openPaste);
  pasting.title = words.paste_says;
  $(".row").replaceChildren(pasting, button(words.share, share));
  const cancel = button(words.cancel, () => $("dialog").close());
  $(".buttons").replaceChildren(cancel, button(words.fill, readPasted));
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  speaking(write);
  on("formGiven", fillForm);
  whenRestored(openShared);
  window.addEventListener("hashchange", openShared);
}
