// Files that are made to fit: what their tiles' buttons do, and how far the server is with videos.
import { answerOf, params, upload } from "../../scripts/server.js";
import { item, say, wordsOf } from "../../scripts/words.js";
import { factsOf } from "./media.js";
import { originalOf } from "./shrinking.js";

const ASK_MS = 700;
const { clip: CLIP } = studioData;
const words = wordsOf("tray");

/** @typedef {import("./tile.js").Place} Place */

/**
 * How far a file is; `isBegun` once the server has said that it works on a video, `arrives` while it leaves this browser.
 * @typedef {{ part: number, left_s?: number | null, waits?: boolean, isBegun?: boolean, arrives?: boolean }} FitState
 */

/**
 * What the tray does with what comes of it.
 * @typedef {object} Tray
 * @property {(old: string, facts: Facts & { link: string }, said: string, deed: object) => void} exchange
 * @property {(text: string) => void} refuse
 * @property {() => void} draw
 * @property {() => object} begin  notes that a person begins with something, and clears what was refused before
 */

/** @type {Widget} */
let widget;
/** @type {Tray} */
let tray;
/** @type {Record<string, FitState>} */
const states = {};
/** @type {Record<string, object>} What a person did to have each converted, by link. */
const deeds = {};
let isWatching = false;

/** @param {Widget} given @param {Tray} around */
export function fitFor(given, around) {
  widget = given;
  tray = around;
}

/** @param {string} link */
export const stateOf = (link) => states[link];

// An answer in place of a file, or what is said instead.
/** @param {Place} place @param {any} answer @param {string} said @param {object} deed */
function take({ field, index, link }, answer, said, deed) {
  if (answer && !answer.refused) tray.exchange(link, answer, said, deed);
  else tray.refuse(`${item(field, index + 1)}: ${answer?.refused ?? words.no_answer}`);
}

/** @param {Place} place */
export async function fit(place, isWhite = false, deed = tray.begin()) {
  const { link } = place;
  if (states[link]) return;
  states[link] = { part: 0 };
  deeds[link] = deed;
  tray.draw();
  const answer = await answerOf(widget.server.fit_upload(params({ link, white: isWhite ? "white" : "" })));
  if (answer?.begun) {
    states[link].isBegun = true;
    watch();
    return;
  }
  delete states[link];
  take(place, answer, isWhite ? words.white_done : words.fit_done, deed);
  tray.draw();
}

/** @param {Place[]} places */
export async function fitAll(places) {
  const deed = tray.begin();
  for (const place of places) await fit(place, false, deed);
}

/** @param {Place} place */
export async function giveUp({ link }) {
  await answerOf(widget.server.give_up_fit(params({ link })));
  delete states[link];
  tray.draw();
}

// Asks how far videos are until all have ended; a question that failed is asked again.
async function watch() {
  if (isWatching) return;
  isWatching = true;
  for (;;) {
    const links = Object.keys(states).filter((link) => states[link].isBegun);
    if (!links.length) break;
    const answer = await answerOf(widget.server.fit_states(params({ links })));
    for (const link of answer ? links : []) hear(link, answer.states[link]);
    tray.draw();
    await new Promise((done) => setTimeout(done, ASK_MS));
  }
  isWatching = false;
}

/** @param {string} link @param {any} state */
function hear(link, state) {
  if (!states[link]) return; // given up meanwhile
  if (state && !state.new && !state.refused) {
    states[link] = { ...state, isBegun: true };
    return;
  }
  delete states[link];
  if (state?.new) tray.exchange(link, state.new, words.fit_done, deeds[link]);
  else if (state) tray.refuse(`${factsOf(link).name}: ${state.refused}`);
}

// What is a little too long for the model, without its end.
/** @param {Place} place */
export async function trim(place) {
  const deed = tray.begin();
  const piece = { link: place.link, start: 0, end: CLIP.longest };
  take(place, await answerOf(widget.server.cut_upload(params(piece))), words.cut_done, deed);
}

// Back to the file as it was given, which is judged as any other.
/** @param {Place} place */
export async function ungive({ field, index, link }) {
  const { given } = factsOf(link);
  if (!given || states[link]) return;
  const deed = tray.begin();
  const file = originalOf(link);
  const facts = file ? await sentWhole(link, file) : await factsFrom(given.link);
  if (facts && !facts.refused) tray.exchange(link, facts, words.ungiven, deed);
  else tray.refuse(`${item(field, index + 1)}: ${facts?.refused ?? words.no_answer}`);
}

// What the app knows of a file that was given to it.
/** @param {string} given  its link; empty where only the page that is gone had it */
async function factsFrom(given) {
  if (!given) return { refused: say("shrinking.gone") };
  const answer = await answerOf(widget.server.describe_uploads(params({ links: [given] })));
  return answer && (answer.known[given] ?? { refused: words.given_gone });
}

// A photo that this browser had made smaller, as it was given: the app makes it fit at once, and keeps it beside.
/** @param {string} link @param {File} file */
async function sentWhole(link, file) {
  /** @param {number} part */
  const tell = (part) => {
    states[link] = { part, arrives: true };
    tray.draw();
  };
  tell(0);
  const answer = await upload(file, file.name, tell);
  delete states[link];
  tray.draw();
  return answer.given ? factsFrom(answer.given.link) : answer;
}
