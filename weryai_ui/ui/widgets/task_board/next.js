// What a person can do next about a submission that failed: the one change that helps, as a button. Nothing is sent.
import { button } from "../../scripts/dom.js";
import { say } from "../../scripts/words.js";

/** @param {any} card @param {(form: Values) => void} fillForm @returns {HTMLButtonElement[]} */
export function nextButtons(card, fillForm) {
  const { change, others = [] } = card.failure ?? {};
  const buttons = others.map((/** @type {any} */ other) => button(other.label, () => fillForm(other.form), "helps"));
  if (!change) return buttons;
  const node = button(change.label, () => fillForm(change.form), "helps");
  node.dataset.change = change.key;
  if (change.not_before) {
    node.dataset.notBefore = change.not_before;
    node.setAttribute("aria-label", change.label); // what counts down is not read out
  }
  return [node, ...buttons];
}

// The seconds until it makes sense, behind each button that waits.
/** @param {HTMLElement} root @param {number} now  in seconds, by the server's clock */
export function countDown(root, now) {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("button[data-not-before]"))) {
    const left = Math.ceil(Number(node.dataset.notBefore) - now);
    const label = node.getAttribute("aria-label") ?? "";
    const text = left > 0 ? say("board.in_seconds", { label, seconds: left }) : label;
    if (node.textContent !== text) node.textContent = text;
  }
}
