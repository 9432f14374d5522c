// What the keyboard does on the whole page, and the list of it.
import { button, make } from "./dom.js";
import { speaking, wordsOf } from "./words.js";

const words = wordsOf("keys");
export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const CONTROL = IS_MAC ? "⌘" : "Ctrl";
/** Each with the words for what it does. */
const LIST = [
  [`${CONTROL} + Enter`, "generate"],
  [`${CONTROL} + K`, "palette"],
  ["@", "mention"],
  [IS_MAC ? "⌥ + ← →" : "Alt + ← →", "move"],
  ["Delete", "remove"],
  [`${CONTROL} + Z`, "undo"],
  [`${CONTROL} + Shift + Z`, "redo"],
  ["?", "list"],
  ["Esc", "close"],
];
/** @type {HTMLDialogElement | null} */
let dialog = null;

/** @param {HTMLDialogElement} made */
function fill(made) {
  const list = make("dl");
  for (const [keys, what] of LIST) {
    const name = make("dt");
    name.append(make("kbd", "", keys));
    list.append(name, make("dd", "", words[what]));
  }
  const title = make("h2", "", words.title);
  title.id = "keys-title";
  const close = button(words.close, () => made.close());
  made.replaceChildren(title, list, close);
}

export function showList() {
  if (!dialog) {
    dialog = /** @type {HTMLDialogElement} */ (make("dialog"));
    dialog.id = "keys";
    dialog.setAttribute("aria-labelledby", "keys-title");
    document.body.append(dialog);
  }
  fill(dialog);
  dialog.showModal();
}

/** @param {KeyboardEvent} event */
function act(event) {
  const isModal = Boolean(document.querySelector("dialog[open]"));
  const isTyping = event
    .composedPath()
    .some((node) => node instanceof Element && node.matches("textarea, input, [contenteditable]"));
  if (event.key === "Enter" && (IS_MAC ? event.metaKey : event.ctrlKey) && !isModal) {
    event.preventDefault();
    document.getElementById("generate")?.click();
  } else if (event.key === "?" && !isTyping && !isModal) {
    event.preventDefault();
    showList();
  }
}

export default function start() {
  document.addEventListener("keydown", act);
  speaking(() => {
    if (dialog?.open) fill(dialog);
  });
}
