// Questions to the app's own server, and whether it answers at all. Nothing is sent anywhere else.
import { tell } from "./events.js";
import { visitor } from "./storage.js";
import { language, say } from "./words.js";

const NEAR_MS = 1000; // from coming near a button to its submission

// The app's own address, also behind a path prefix.
/** @param {string} path */
export const url = (path) => `${(globalThis.gradio_config?.root ?? location.origin).replace(/\/$/, "")}/${path}`;

// What a widget asks with: whose it is, the language of the answer, and more.
/** @param {object} more */
export const params = (more) => ({ visitor: visitor(), language: language(), ...more });

/** @param {string} path @param {object} body @param {AbortSignal} [signal] */
export const post = (path, body, signal) =>
  fetch(url(path), {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Visitor": visitor() },
    body: JSON.stringify(body),
    signal,
  });

// More than a visitor's share (429): nothing was done, and the server says so in a sentence that Gradio would drop.
// `turn.refused` is that of an event of the form.
export const turn = { refused: "" };
const plain = globalThis.fetch;
/** @param {RequestInfo | URL} asked @param {RequestInit} [options] */
globalThis.fetch = async (asked, options) => {
  const answer = await plain(asked, options);
  if (answer.status === 429) {
    const { refused = "" } = await answer
      .clone()
      .json()
      .catch(() => ({}));
    if (answer.url.includes("/gradio_api/run/")) turn.refused = refused;
    if (refused) tell("said", { text: refused });
  }
  return answer;
};

// The answer of a widget's own function on the server; undefined when there is none.
/** @param {Promise<any>} question @returns {Promise<any>} */
export const answerOf = (question) => question.catch(() => undefined);

// Gives a file to this app under a name; `tellPart` hears the part that has left, 0 to 1. `madeOf`: what it was before
// this browser made it smaller. Always answers.
/** @param {Blob} file @param {string} name @param {(part: number) => void} tellPart @param {object | null} [madeOf]
 * @returns {Promise<any>} */
export const upload = (file, name, tellPart, madeOf) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const away = () => resolve({ refused: say("common.no_answer") });
    request.open("POST", url("uploads"));
    request.setRequestHeader("X-Name", encodeURIComponent(name));
    request.setRequestHeader("X-Visitor", visitor());
    if (madeOf) request.setRequestHeader("X-Made-Of", encodeURIComponent(JSON.stringify(madeOf)));
    request.setRequestHeader("Accept-Language", language());
    request.upload.onprogress = (event) => tellPart(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => {
      try {
        resolve(JSON.parse(request.responseText));
      } catch {
        away();
      }
    };
    request.onerror = away;
    request.send(file);
  });

// Whether the app answers: asked before an event, because a failed event makes the page reload itself. Asked already
// as a person comes near a button that sends, so that the answer is there with the submission; it holds for a moment.
/** @type {{ at: number, healthy: Promise<boolean> | null }} */
let near = { at: -Infinity, healthy: null };
export const health = { restarting: false };

export function comesNear() {
  if (performance.now() - near.at > NEAR_MS / 2) near = { at: performance.now(), healthy: asksHealth() };
}

export function isHealthy() {
  const { at, healthy } = near;
  near = { at: -Infinity, healthy: null };
  return performance.now() - at < NEAR_MS ? healthy : asksHealth();
}

async function asksHealth() {
  try {
    const answer = await fetch(url("healthz"), { cache: "no-store" });
    health.restarting = answer.status === 503;
    return answer.ok;
  } catch {
    health.restarting = false;
    return false;
  }
}
