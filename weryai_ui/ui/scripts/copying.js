// A submission once more: as a form, to be changed and sent as another one, or as it was.
import { asks } from "./asking.js";
import { button } from "./dom.js";
import { tell } from "./events.js";
import { say } from "./words.js";

// Nothing is sent by that.
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

// The same request to where it went. What costs is asked about first, with what it cost.
/** @param {{ id: string, send_to: string, cost: string }} card */
export async function runAgain({ id, send_to: sendTo, cost }) {
  const price = cost ? say("running.cost", { credits: cost }) : say("running.cost_unknown");
  const isMeant = sendTo === "sandbox" || (await asks(say("running.asks"), say("running.do"), sendTo, price));
  if (isMeant) tell("againWanted", { id });
}

/** @param {() => void} act */
export function againNode(act) {
  const node = button(say("running.do"), act, "again");
  node.title = say("running.says");
  return node;
}
