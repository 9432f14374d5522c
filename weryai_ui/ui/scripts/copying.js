// A submission's form, to be changed and sent as another one. Nothing is sent by that.
import { button } from "./dom.js";
import { tell } from "./events.js";
import { say } from "./words.js";

/** @param {{ id: string, form: Values }} card */
export function editCopy({ id, form }) {
  tell("formGiven", { values: form, what: say("editing.done"), from: id });
  /** @type {HTMLElement | null} */ (document.querySelector("#field-prompt textarea"))?.focus();
}

/** @param {() => void} act */
export function editNode(act) {
  const node = button(say("editing.do"), act, "edit-copy");
  node.title = say("editing.says");
  return node;
}
