// What the browser keeps: the visitor's token, the draft, the chosen language and light, and the keys of submissions.
const KEPT = "weryai-"; // before the name of everything that is kept
const VISITOR = /^[A-Za-z0-9_-]{32,128}$/;
const VISITOR_BYTES = 32;
const KEY_BYTES = 16;

/** @type {Record<string, string>} Where storage is blocked, the page itself remembers. */
const memory = {};
// These names stand in open tabs: renamed, a key that waits for its answer while the app is updated would be lost.
/** @param {string} name */
const isKey = (name) => /^(press|again)-/.test(name);
// A submission belongs to its tab; the rest to the browser.
/** @param {string} name */
const storage = (name) => (isKey(name) ? sessionStorage : localStorage);

/** @param {string} name */
export function read(name) {
  try {
    return storage(name).getItem(KEPT + name) || memory[name] || "";
  } catch {
    return memory[name] || "";
  }
}

/** @param {string} name @param {string} text  empty: nothing is kept any more */
export function write(name, text) {
  memory[name] = text;
  try {
    if (text) storage(name).setItem(KEPT + name, text);
    else storage(name).removeItem(KEPT + name);
  } catch {
    /* in memory all the same */
  }
}

/** @param {number} count */
const random = (count) => crypto.getRandomValues(new Uint8Array(count));
/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

// Made here, and before anything is asked or sent: what arrives twice is then seen to come from one visitor.
export function visitor() {
  if (!VISITOR.test(read("visitor"))) write("visitor", base64url(random(VISITOR_BYTES)));
  return read("visitor");
}
visitor();

// An idempotency key for each submission, kept until its answer came: the same form sent twice is one submission.
// Each destination has its own, and each card that is submitted again.
/** @param {string} name */
export function key(name) {
  if (!read(name)) write(name, hex(random(KEY_BYTES)));
  return read(name);
}

// The names of the keys whose answers have not come, after a reload too.
export function unanswered() {
  try {
    const kept = Object.keys(sessionStorage).filter((each) => each.startsWith(KEPT));
    return kept.map((each) => each.slice(KEPT.length)).filter(isKey);
  } catch {
    return [];
  }
}
