// Taking back what was done in the tray, and doing it again: by buttons, and by the keys that people know for it.
import { fill, wordsOf } from "../../scripts/words.js";
import { isTyping } from "./dropping.js";

const words = wordsOf("tray");

/**
 * @param {Widget} widget
 * @param {(selector: string) => any} $
 * @param {import("./edits.js").Edits} edits
 * @param {() => import("./edits.js").State} state
 * @param {(state: import("./edits.js").State, said: string) => void} show
 * @returns what draws the buttons as they stand
 */
export function undoing(widget, $, edits, state, show) {
  const acts = {
    undo: () => {
      const said = fill(words.undone, { what: edits.last(state()) });
      const before = edits.back(state());
      if (before) show(before, said);
    },
    redo: () => {
      const said = edits.next(state());
      const after = edits.again(state());
      if (after) show(after, said);
    },
  };
  /** @param {"undo" | "redo"} name */
  const act = (name) => {
    const held = document.activeElement;
    acts[name]();
    const isLost = !held?.isConnected || held === document.body || (held instanceof HTMLElement && !held.offsetParent);
    if (isLost) ($(".item") ?? $(".link")).focus();
  };
  // In the tray, and where nobody types: a box of text takes back what was typed into it.
  document.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z";
    const isHere = event.target === document.body || event.composedPath().includes(widget.element);
    const isOfText = isTyping(event) && !(event.target === $(".link") && !$(".link").value);
    if (!isUndo || !isHere || isOfText || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act(event.shiftKey ? "redo" : "undo");
  });
  $(".undo").onclick = () => act("undo");
  $(".redo").onclick = () => act("redo");
  return () => {
    const [last, next] = [edits.last(state()), edits.next(state())];
    Object.assign($(".undo"), { textContent: words.undo, title: last, hidden: !last });
    Object.assign($(".redo"), { textContent: words.redo, title: next, hidden: !next });
  };
}
