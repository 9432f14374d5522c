// References as the form has them: the lines of three boxes, and the prompt that calls them by number. Data in, data out.
const { blanks, mentions } = studioData;
const ENDS = new RegExp(`^[${blanks}]+|[${blanks}]+$`, "gu");
const BETWEEN = new RegExp(`[${blanks},]+`, "u");

/** The fields of references, in the order in which they are sent. */
export const FIELDS = Object.keys(mentions);

// The lines of a box that hold something, as the server reads them (`lines_of`).
/** @param {unknown} text */
export const linesOf = (text) =>
  String(text ?? "")
    .split(/[\r\n]/)
    .map((line) => line.replace(ENDS, ""))
    .filter(Boolean);

// The lines of the three boxes.
/** @param {Values} values @returns {Lists} */
export const listsOf = (values) => Object.fromEntries(FIELDS.map((field) => [field, linesOf(values[field])]));

// What is written between blanks and commas, for links that are given in one go.
/** @param {string} text */
export const piecesOf = (text) => text.split(BETWEEN).filter(Boolean);

/** @typedef {{ field: string, number: number | null, start: number, end: number }} Mention */

// Every mention of a prompt: its field, its number (null for a removed one), and where its number stands.
/** @param {string} prompt @returns {Mention[]} */
export function mentionsOf(prompt) {
  return Object.entries(mentions).flatMap(([field, pattern]) =>
    [...prompt.matchAll(new RegExp(pattern, "gu"))].map((found) => {
      const end = found.index + found[0].length;
      return { field, number: found[1] === "?" ? null : Number(found[1]), start: end - found[1].length, end };
    }),
  );
}

// `renamed`: old number -> new number, or null for one that is removed. A mention that named a removed
// reference keeps its place and says "?", so that nothing comes to mean another picture unseen.
/** @param {string} prompt @param {string} field @param {Map<number, number | null>} renamed */
export function rewritten(prompt, field, renamed) {
  /** @type {Map<number, number | string>} */
  const changes = new Map();
  let text = prompt;
  const found = mentionsOf(prompt).filter((each) => each.field === field);
  for (const { number, start, end } of found.sort((a, b) => b.start - a.start)) {
    if (number === null || !renamed.has(number) || renamed.get(number) === number) continue;
    const next = renamed.get(number) ?? "?";
    text = text.slice(0, start) + next + text.slice(end);
    changes.set(number, next);
  }
  return { prompt: text, changes: [...changes].sort((a, b) => a[0] - b[0]) };
}

// `order`: the old places (from 0) of the references of `field` in their new order; a missing one is removed.
/** @param {{ lists: Lists, prompt: string }} form @param {string} field @param {number[]} order */
export function rearranged({ lists, prompt }, field, order) {
  /** @param {number} old */
  const place = (old) => (order.includes(old) ? order.indexOf(old) + 1 : null);
  const renamed = new Map(lists[field].map((_, old) => [old + 1, place(old)]));
  const { prompt: next, changes } = rewritten(prompt, field, renamed);
  return { lists: { ...lists, [field]: order.map((old) => lists[field][old]) }, prompt: next, changes };
}
