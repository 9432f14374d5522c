// What Gradio's own components leave out for people without a mouse or a screen, put in after them.
import { comesNear } from "./server.js";

// Each choice of a row of chips comes as a group of its own, without a name: here they are one, for the arrows as well.
/** @param {HTMLElement} fieldset */
function group(fieldset) {
  const title = fieldset.querySelector("[data-testid=block-info]");
  if (title) {
    title.id ||= `title-${fieldset.id}`;
    fieldset.setAttribute("aria-labelledby", title.id);
  }
  fieldset.setAttribute("role", "radiogroup");
  const choices = /** @type {NodeListOf<HTMLInputElement>} */ (fieldset.querySelectorAll("input[type=radio]"));
  for (const choice of choices) if (choice.name !== fieldset.id) choice.name = fieldset.id;
}

// A fold says whether it is open by an arrow alone.
/** @param {HTMLElement} fold */
function tellFold(fold) {
  fold.setAttribute("aria-expanded", String(fold.classList.contains("open")));
  fold.querySelector(".icon")?.setAttribute("aria-hidden", "true");
}

/** @param {string} selector @param {(node: HTMLElement) => void} mend @param {MutationObserverInit} seen */
function keepMended(selector, mend, seen) {
  const found = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`.studio-compose ${selector}`));
  for (const node of found) {
    new MutationObserver(() => mend(node)).observe(node, seen);
    mend(node);
  }
}

export function mendGradio() {
  for (const id of ["generate", "check"]) {
    for (const sign of ["pointerenter", "pointerdown", "focus", "keydown"]) {
      document.getElementById(id)?.addEventListener(sign, comesNear);
    }
  }
  // Another language brings new choices, and another choice new names.
  keepMended("fieldset", group, { childList: true, subtree: true, attributeFilter: ["name"] });
  keepMended(".studio-advanced > .label-wrap", tellFold, { attributeFilter: ["class"] });
}

// Tab leaves a list of choices. Gradio would open it again a moment later, over what follows, and one that scrolls would
// take the focus and close under it.
document.addEventListener(
  "keydown",
  (event) => {
    const combobox = event.target instanceof Element && event.target.matches("[role=combobox]");
    if (!["Tab", "Shift"].includes(event.key) || !combobox) return;
    event.stopPropagation();
    const lists = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".options, .options ul"));
    for (const list of lists) list.tabIndex = -1;
  },
  true,
);
