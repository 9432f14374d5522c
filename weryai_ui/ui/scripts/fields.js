// The fields of the form as they stand in the page, and the way to each.
import { showPage } from "./pages.js";

/** @param {string} name */
export const fieldOf = (name) => document.getElementById(`field-${name}`);
/** @param {string} name @returns {HTMLElement | null | undefined} */
export const inputOf = (name) => fieldOf(name)?.querySelector("textarea, input:not([type=hidden])");

// `politely`: not from under the hands of a person who has gone on to type elsewhere.
/** @param {string} name */
export function focusField(name, politely = false) {
  showPage("create");
  /** @type {HTMLElement | null | undefined} */
  const fold = fieldOf(name)?.closest(".studio-advanced")?.querySelector("button.label-wrap:not(.open)");
  fold?.click();
  requestAnimationFrame(() => {
    if (politely && document.activeElement?.matches("textarea, input:not([type=radio])")) return;
    inputOf(name)?.focus();
    fieldOf(name)?.scrollIntoView({ block: "center" });
  });
}
