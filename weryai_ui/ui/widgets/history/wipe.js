// Two films on top of each other, in step, with a divider between them: A on the left of it, B on the right.
import { make } from "../../scripts/dom.js";
import { duration, say } from "../../scripts/words.js";

const STEP = 1; // percent, for an arrow
const LEAP = 10; // for Page Up and Page Down
const APART_S = 0.01; // less is the same frame
const FAR_S = 0.3; // a film so far behind jumps; one nearer runs a little faster
/** @type {Record<string, (now: number) => number>} */
const KEYS = {
  ArrowLeft: (now) => now - STEP,
  ArrowDown: (now) => now - STEP,
  ArrowRight: (now) => now + STEP,
  ArrowUp: (now) => now + STEP,
  PageDown: (now) => now - LEAP,
  PageUp: (now) => now + LEAP,
  Home: () => 0,
  End: () => 100,
};

// The stage of the two, and beneath it a line for the time. What the films were before they are again after `end`.
/** @param {HTMLVideoElement[]} films @returns {{ node: HTMLElement, end: () => void }} */
export function wipe([one, two]) {
  const node = make("div", "wiping");
  const stage = make("div", "stage");
  stage.style.aspectRatio = `${one.videoWidth || 16} / ${one.videoHeight || 9}`;
  const places = [one, two].map((film) => ({ film, parent: film.parentElement, before: film.nextSibling }));
  for (const film of [one, two]) film.controls = false;
  two.classList.add("over");
  const handle = dividerNode(stage, two);
  stage.append(one, two, label("A", "one"), label("B", "two"), handle);
  node.append(stage, timeNode(one));
  const stop = inStep(one, two);
  return {
    node,
    end: () => {
      stop();
      two.classList.remove("over");
      two.style.clipPath = "";
      for (const { film, parent, before } of places) {
        film.controls = true;
        parent?.insertBefore(film, before);
      }
    },
  };
}

/** @param {string} text @param {string} name */
function label(text, name) {
  const node = make("span", `label ${name}`, text);
  node.setAttribute("aria-hidden", "true");
  return node;
}

/** @param {HTMLElement} stage @param {HTMLVideoElement} two */
function dividerNode(stage, two) {
  const handle = make("div", "divider");
  let now = 50;
  /** @param {number} percent */
  const put = (percent) => {
    now = Math.min(100, Math.max(0, percent));
    handle.style.left = `${now}%`;
    two.style.clipPath = `inset(0 0 0 ${now}%)`;
    handle.setAttribute("aria-valuenow", String(Math.round(now)));
    handle.setAttribute("aria-valuetext", say("wiping.at", { a: Math.round(now), b: 100 - Math.round(now) }));
  };
  for (const [name, value] of Object.entries({ role: "slider", "aria-valuemin": "0", "aria-valuemax": "100" }))
    handle.setAttribute(name, value);
  handle.tabIndex = 0;
  handle.setAttribute("aria-label", say("wiping.divider"));
  handle.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    const move = KEYS[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    put(move(now));
  };
  // Anywhere on the stage: a finger need not hit a line.
  const follow = (/** @type {PointerEvent} */ event) => {
    const { left, width } = stage.getBoundingClientRect();
    put(((event.clientX - left) / width) * 100);
  };
  stage.onpointerdown = (event) => {
    if (event.button) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    follow(event);
    stage.onpointermove = follow;
  };
  stage.onpointerup = stage.onpointercancel = () => {
    stage.onpointermove = null;
  };
  put(now);
  return handle;
}

// Where the films are, to go elsewhere: their own controls would lie under the other film.
/** @param {HTMLVideoElement} one */
function timeNode(one) {
  const line = make("input", "seeking");
  Object.assign(line, { type: "range", min: 0, max: 1000, step: 1, value: 0 });
  line.setAttribute("aria-label", say("wiping.time"));
  const show = () => {
    line.value = String(Math.round((one.currentTime / (one.duration || 1)) * 1000));
    line.setAttribute("aria-valuetext", duration(one.currentTime));
  };
  line.oninput = () => {
    one.currentTime = (Number(line.value) / 1000) * (one.duration || 0);
  };
  one.addEventListener("timeupdate", show);
  show();
  return line;
}

// Holds the second film at the moment of the first, frame by frame; gives what ends that.
/** @param {HTMLVideoElement} one @param {HTMLVideoElement} two */
function inStep(one, two) {
  let asked = 0;
  const look = () => {
    const apart = Math.min(one.currentTime, two.duration || one.currentTime) - two.currentTime;
    const runs = !one.paused && !two.paused && Math.abs(apart) < FAR_S;
    two.playbackRate =
      runs && Math.abs(apart) > APART_S ? 1 + Math.sign(apart) * Math.min(0.5, 3 * Math.abs(apart)) : 1;
    if (!runs && Math.abs(apart) > APART_S && !two.seeking) two.currentTime += apart;
    asked = requestAnimationFrame(look);
  };
  look();
  return () => {
    cancelAnimationFrame(asked);
    two.playbackRate = 1;
  };
}
