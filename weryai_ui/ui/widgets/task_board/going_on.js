// How a film goes on: from its last frame, or from its last seconds.
import { button, make } from "../../scripts/dom.js";
import { read, write } from "../../scripts/storage.js";
import { say } from "../../scripts/words.js";

const { clip } = studioData;
const USUAL_S = 5;
const KEPT = "going-on-seconds";

/** @typedef {import("./card.js").Acts} Acts */

/** @param {any} card @param {any} task @param {Video} video @param {Acts} acts @returns {HTMLElement[]} */
export function goOnNodes(card, task, video, acts) {
  const of = card.tasks.length > 1 ? `: ${task.number}` : "";
  const frame = slow(say("going_on.do") + of, () => acts.continueFrom(card, video));
  frame.title = say("going_on.says");
  const length = make("input");
  const most = Math.min(clip.longest, Number(card.form.duration) || clip.longest);
  const before = Number(read(KEPT)) || USUAL_S;
  const value = Math.min(before, most);
  Object.assign(length, { type: "number", min: clip.shortest, max: most, step: 1, value });
  length.setAttribute("aria-label", say("going_on.seconds") + of);
  length.onchange = () => write(KEPT, String(chosen()));
  const chosen = () => Math.min(most, Math.max(clip.shortest, Number(length.value) || value));
  const last = slow(say("going_on.last") + of, () => acts.continueLast(card, video, chosen()));
  last.title = say("going_on.last_says");
  const both = make("span", "going-on");
  both.append(last, length, make("span", "", say("going_on.unit")));
  return [frame, both];
}

// Drawing and cutting take a moment, in which one press is enough.
/** @param {string} name @param {() => Promise<void>} act */
function slow(name, act) {
  const node = button(name, async () => {
    node.disabled = true;
    await act();
    node.disabled = false;
  });
  return node;
}
