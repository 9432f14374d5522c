// The fields of the form as they stand in the page, and the way to each.
import { showPage } from "./pages.js";
import { FIELDS } from "./references.js";

const FRAMES = 60; // so long may a part of the form take to unfold

/** @param {string} name */
export const fieldOf = (name) => document.getElementById(`field-${name}`);
/** @param {string} name @returns {HTMLElement | null | undefined} */
export const inputOf = (name) => fieldOf(name)?.querySelector("textarea, input:not([type=hidden])");

// What is typed for where the form goes and belongs to nobody else; empty where it is not asked for there.
export function secrets() {
  /** @param {string} id @param {string} sendTo */
  const typed = (id, sendTo) => {
    const box = /** @type {HTMLInputElement | null} */ (document.querySelector(`#${id} input`));
    return document.body.dataset.sendTo === sendTo ? (box?.value ?? "") : "";
  };
  return { key: typed("my-key", "my-key"), code: typed("access-code", "owner-key") };
}

// A part that was never unfolded is not in the page yet, and is drawn twice as it comes.
/** @param {string} name @param {() => void} act */
function unfolded(name, act) {
  if (fieldOf(name)?.checkVisibility()) {
    requestAnimationFrame(act);
    return;
  }
  const fold = document.getElementById(FIELDS.includes(name) ? "paste-many" : "advanced");
  /** @type {HTMLElement | null | undefined} */ (fold?.querySelector("button.label-wrap:not(.open)"))?.click();
  let frames = FRAMES;
  const look = () => {
    frames -= 1;
    if (fieldOf(name)?.checkVisibility()) requestAnimationFrame(() => requestAnimationFrame(act));
    else if (frames) requestAnimationFrame(look);
  };
  look();
}

// `politely`: not from under the hands of a person who has gone on to type elsewhere.
/** @param {string} name */
export function focusField(name, politely = false) {
  showPage("create");
  unfolded(name, () => {
    if (politely && document.activeElement?.matches("textarea, input:not([type=radio])")) return;
    inputOf(name)?.focus();
    fieldOf(name)?.scrollIntoView({ block: "center" });
  });
}
