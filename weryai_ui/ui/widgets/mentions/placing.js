// A menu beside a letter of a box of text, within what is seen of the page.
import { make } from "../../scripts/dom.js";

const GAP = 4;
const EDGE = 8;
const MOST = 320; // pixels of its height
const SHAPE = [
  ...["direction", "font-family", "font-size", "font-stretch", "font-style", "font-variant", "font-weight"],
  ...["letter-spacing", "line-height", "padding", "tab-size", "text-align", "text-indent", "text-transform"],
  "word-spacing",
];

/** @typedef {{ left: number, top: number, bottom: number }} Spot  in pixels of the window */

// Where a letter of a box stands: no browser says so, but a copy of its text in the same shape breaks at the same places.
/** @param {HTMLTextAreaElement} box @param {number} at @returns {Spot} */
export function spotOf(box, at) {
  const copy = make("div");
  const style = getComputedStyle(box);
  for (const name of SHAPE) copy.style.setProperty(name, style.getPropertyValue(name));
  const wraps = { whiteSpace: "pre-wrap", overflowWrap: "break-word", boxSizing: "border-box" };
  Object.assign(copy.style, { ...wraps, position: "fixed", visibility: "hidden", top: "0", left: "0" });
  copy.style.width = `${box.clientWidth}px`;
  const letter = make("span", "", box.value.slice(at, at + 1));
  copy.append(box.value.slice(0, at), letter, box.value.slice(at + 1));
  document.body.append(copy);
  const seen = box.getBoundingClientRect();
  const left = seen.left + box.clientLeft + letter.offsetLeft - box.scrollLeft;
  const top = Math.min(seen.top + box.clientTop + letter.offsetTop - box.scrollTop, seen.bottom);
  const bottom = Math.min(top + letter.offsetHeight, seen.bottom);
  copy.remove();
  return { left, top: Math.max(top, seen.top), bottom: Math.max(bottom, seen.top) };
}

// Puts a menu of a fixed place below a spot or, where there is more room, above it. The keys of a phone take from what is
// seen.
/** @param {HTMLElement} menu @param {Spot} spot */
export function placeAt(menu, spot) {
  const { offsetLeft = 0, offsetTop = 0, width = innerWidth, height = innerHeight } = visualViewport ?? {};
  const below = offsetTop + height - EDGE - spot.bottom - GAP;
  const above = spot.top - GAP - offsetTop - EDGE;
  menu.style.maxHeight = `${MOST}px`;
  const isBelow = below >= menu.offsetHeight || below >= above;
  menu.style.maxHeight = `${Math.min(MOST, Math.max(isBelow ? below : above, 0))}px`;
  const most = offsetLeft + width - EDGE - menu.offsetWidth;
  menu.style.left = `${Math.max(offsetLeft + EDGE, Math.min(spot.left, most))}px`;
  menu.style.top = `${isBelow ? spot.bottom + GAP : spot.top - GAP - menu.offsetHeight}px`;
}
