// All commands of the page in a list that one types into: Ctrl + K.
import { commands } from "./commands.js";
import { make } from "./dom.js";
import { IS_MAC } from "./keys.js";
import { matching } from "./matching.js";
import { wordsOf } from "./words.js";

const words = wordsOf("palette");
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
/** @type {[HTMLDialogElement, HTMLInputElement, HTMLElement, HTMLElement]} */
const [dialog, input, list, none] = [make("dialog", "studio-dialog"), make("input"), make("ul"), make("p")];
/** @typedef {import("./commands.js").Command} Command */
/** @type {Command[]} */
let offered = []; // what can be done now
/** @type {Command[]} */
let shown = []; // what fits what is typed
let chosen = 0;

/** @param {Command} command */
function run(command) {
  dialog.close();
  command.act();
}

/** @param {Command} command @param {number} index */
function option(command, index) {
  const node = make("li", "", command.text);
  Object.assign(node, { id: `command-${index}`, role: "option" });
  node.onclick = () => run(command);
  node.onpointermove = () => mark(index);
  return node;
}

/** @param {number} index */
function mark(index) {
  chosen = index;
  for (const [at, node] of [...list.children].entries()) node.setAttribute("aria-selected", String(at === index));
  input.setAttribute("aria-activedescendant", shown.length ? `command-${index}` : "");
}

function draw() {
  shown = matching(input.value, offered);
  list.replaceChildren(...shown.map(option));
  input.setAttribute("aria-expanded", String(shown.length > 0));
  none.textContent = shown.length ? "" : words.none;
  mark(0);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
  if (event.isComposing || !shown.length || !(step || event.key === "Enter")) return;
  event.preventDefault();
  if (!step) return run(shown[chosen]);
  mark((chosen + step + shown.length) % shown.length);
  list.children[chosen].scrollIntoView({ block: "nearest" });
}

function open() {
  document.body.append(dialog);
  offered = commands();
  for (const node of [dialog, input, list]) node.setAttribute("aria-label", words.title);
  Object.assign(input, { placeholder: words.placeholder, value: "" });
  dialog.showModal();
  draw();
}

/** @param {KeyboardEvent} event */
function act(event) {
  const isPressed = (IS_MAC ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey;
  if (!isPressed || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else if (!document.querySelector("dialog[open]")) open();
}

export default function start() {
  // What is closed hears of it a moment later, and may be open again by then.
  Object.assign(dialog, { id: "palette", onclose: () => dialog.open || list.replaceChildren() });
  Object.assign(input, { autocomplete: "off", spellcheck: false, role: "combobox", oninput: draw, onkeydown: onKey });
  Object.assign(list, { id: "palette-list", role: "listbox" });
  none.setAttribute("role", "status");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  dialog.append(input, list, none);
  document.addEventListener("keydown", act);
}
