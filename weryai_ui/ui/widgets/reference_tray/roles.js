// What a reference is for. It stands in the prompt alone, as a phrase that a person may edit: "Image 2 is the character".
import { fill, language, languages, names, sayIn } from "../../scripts/words.js";

const HAN = /\p{Script=Han}/u;
const ENDED = /[.!?。！？…:：]\s*$/u;

/** @param {string} field  the roles that its references may have */
export const rolesOf = (field) =>
  names("role").flatMap((name) => (name.startsWith(`${field}.`) ? [name.slice(field.length + 1)] : []));

// The language of a prompt; of one without words, the page's.
/** @param {string} prompt */
function languageOf(prompt) {
  if (HAN.test(prompt)) return "zh";
  return /[a-z]/i.test(prompt) ? "en" : language();
}

/** @param {string} spoken @param {string} field @param {number} number @param {string} role */
const phrase = (spoken, field, number, role) => fill(sayIn(spoken, `role_phrase.${field}.${role}`), { number });

// The role that a prompt gives a reference, and where it says so; null where it says none.
/** @param {string} prompt @param {string} field @param {number} number
 * @returns {{ role: string, start: number, end: number } | null} */
export function roleIn(prompt, field, number) {
  for (const role of rolesOf(field)) {
    for (const spoken of languages()) {
      const words = phrase(spoken, field, number, role);
      const found = new RegExp(`${escaped(words)}(?![a-z0-9])`, "i").exec(prompt);
      if (found) return { role, start: found.index, end: found.index + found[0].length };
    }
  }
  return null;
}

/** @param {string} text */
const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

// A prompt that gives a reference a role, or none for "": in place of the one that it gave, else at `at`. `end`: where
// one would write on.
/** @param {string} prompt @param {number} at @param {string} field @param {number} number @param {string} role */
export function withRole(prompt, at, field, number, role) {
  const there = roleIn(prompt, field, number);
  if (there?.role === (role || undefined)) return { prompt, end: there?.end ?? at };
  const spoken = languageOf(prompt);
  const words = role ? phrase(spoken, field, number, role) : "";
  if (there && role) return replaced(prompt, there.start, there.end, words);
  if (there) {
    const rest = prompt.slice(there.end).replace(/^[.。]?\s*/, "");
    const head = prompt.slice(0, there.start);
    const kept = rest ? head : head.trimEnd();
    return { prompt: kept + rest, end: kept.length };
  }
  const head = prompt.slice(0, at);
  const stop = spoken === "zh" ? "。" : ".";
  const blank = spoken === "zh" ? "" : " ";
  const before =
    !head.trim() || /\s$/.test(head) ? "" : `${at === prompt.length && !ENDED.test(head) ? stop : ""}${blank}`;
  const after = at < prompt.length && !/^\s/.test(prompt.slice(at)) ? blank : "";
  return replaced(prompt, at, at, `${before}${words}${stop}${after}`);
}

/** @param {string} text @param {number} start @param {number} end @param {string} other */
function replaced(text, start, end, other) {
  return { prompt: text.slice(0, start) + other + text.slice(end), end: start + other.length };
}
