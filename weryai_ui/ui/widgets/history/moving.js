// The history moves to another browser: a code that is shown here and typed there, and good for ten minutes.
import { button, copy, make } from "../../scripts/dom.js";
import { showPage } from "../../scripts/pages.js";
import { answerOf, params } from "../../scripts/server.js";
import { read, unanswered, visitor, write } from "../../scripts/storage.js";
import { say, wordsOf } from "../../scripts/words.js";

const BEFORE = "before-move"; // who this browser was, until what it had has joined
const NOTE = "moved";
const words = wordsOf("moving");
/** @type {HTMLDialogElement | null} */
let dialog = null;
/** @type {ReturnType<typeof setInterval> | undefined} */
let ticking;
let leaving = false; // the page is about to begin anew: a board that comes now is not the one to say it

/** @param {string} title @param {HTMLElement[]} nodes */
function open(title, nodes) {
  if (!dialog) {
    dialog = /** @type {HTMLDialogElement} */ (make("dialog", "studio-dialog"));
    dialog.id = "moving";
    dialog.setAttribute("aria-labelledby", "moving-title");
    dialog.onclose = () => clearInterval(ticking);
    document.body.append(dialog);
  }
  const heading = make("h2", "", title);
  heading.id = "moving-title";
  dialog.replaceChildren(heading, ...nodes);
  if (!dialog.open) dialog.showModal();
}

const close = () => dialog?.close();

/** @param {HTMLElement[]} nodes */
function row(...nodes) {
  const made = make("div", "row");
  made.append(...nodes);
  return made;
}

/** @param {string} text @returns {HTMLElement} */
function alertNode(text) {
  const node = make("p", "wrong", text);
  node.setAttribute("role", "alert");
  return node;
}

// What stands under the history, beside the export.
/** @param {Widget} widget @param {boolean} some  whether there is something to move */
export function moveNodes(widget, some) {
  const have = button(words.have, () => ask(widget));
  return some ? [button(words.move, () => show(widget)), have] : [have];
}

/** @param {Widget} widget */
async function show(widget) {
  const answer = await answerOf(widget.server.offer_move(params({})));
  if (!answer?.code) {
    open(words.move, [alertNode(answer?.refused ?? say("common.no_answer")), row(button(words.close, close))]);
    return;
  }
  const code = make("output", "code", answer.code);
  code.setAttribute("aria-label", words.code);
  const left = make("p", "left");
  const copying = button(say("common.copy"), () => copy(answer.code, copying, code), "main");
  const again = button(words.again, () => show(widget));
  again.hidden = true;
  open(words.move, [
    make("p", "", words.says),
    code,
    left,
    make("p", "", words.warns),
    row(button(words.close, close), again, copying),
  ]);
  copying.focus();
  countDown(answer.lasts_s, left, () => {
    code.hidden = true;
    copying.hidden = true;
    again.hidden = false;
    again.focus();
  });
}

/** @param {number} seconds @param {HTMLElement} node  says what is left @param {() => void} end */
function countDown(seconds, node, end) {
  const until = performance.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    const parts = { minutes: Math.floor(left / 60), seconds: String(left % 60).padStart(2, "0") };
    node.textContent = left ? say("moving.left", parts) : words.over;
    if (left) return;
    clearInterval(ticking);
    end();
  };
  clearInterval(ticking);
  ticking = setInterval(tick, 1000);
  tick();
}

/** @param {Widget} widget */
function ask(widget) {
  const form = make("form");
  const label = make("label", "", words.code);
  const input = make("input");
  Object.assign(input, { type: "text", maxLength: 20, autocomplete: "off", spellcheck: false, required: true });
  input.setAttribute("autocapitalize", "characters");
  label.append(input);
  const wrong = alertNode("");
  const taking = make("button", "main", words.take);
  const cancel = button(say("common.cancel"), close);
  form.onsubmit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    taking.disabled = true;
    wrong.textContent = await take(widget, input.value);
    taking.disabled = false;
    input.focus();
  };
  form.append(label, wrong, row(cancel, taking));
  open(words.have, [make("p", "", words.have_says), make("p", "", words.have_warns), form]);
  input.focus();
}

// Takes a code; gives what is in the way, in a sentence. Without one the page begins anew as the other visitor.
/** @param {Widget} widget @param {string} code @returns {Promise<string>} */
async function take(widget, code) {
  if (unanswered().length) return words.wait;
  if (!(await joined(widget))) return say("common.no_answer");
  const answer = await answerOf(widget.server.take_move(params({ code })));
  if (!answer?.token) return answer?.refused ?? say("common.no_answer");
  leaving = true;
  write(BEFORE, visitor());
  write("visitor", answer.token);
  write(NOTE, "yes");
  await joined(widget);
  location.reload();
  return "";
}

export const hasToJoin = () => read(BEFORE) !== "";

// Whether all that this browser had before has joined; asked again at each start until it has.
/** @param {Widget} widget */
export async function joined(widget) {
  const before = read(BEFORE);
  if (!before) return true;
  const answer = await answerOf(widget.server.join_history(params({ before })));
  if (answer) write(BEFORE, "");
  return Boolean(answer);
}

// Once after a move, what has become of it.
/** @param {HTMLElement} node */
export function sayMoved(node) {
  if (leaving || !read(NOTE)) return;
  write(NOTE, "");
  node.textContent = words.taken;
  node.hidden = false;
  showPage("results");
  node.scrollIntoView({ block: "center" });
}
