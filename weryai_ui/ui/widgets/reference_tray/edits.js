// What a person did in the tray, to be taken back and done again in that order. Data in, data out.
import { FIELDS, rewritten } from "../../scripts/references.js";

const MOST = 50;
const CONTEXT = 8; // letters: a mention and its number

/** @typedef {{ lists: Lists, prompt: string }} State */
/** @typedef {{ before: State, after: State, said: string, deed: object }} Edit */

/** @param {Lists} one @param {Lists} other */
const same = (one, other) => FIELDS.every((field) => one[field].join("\n") === other[field].join("\n"));

// Where each reference of `from` stands in `to`, by number; the second of two equal ones is the second there too, and
// another one in its place is the same reference as another file.
/** @param {string[]} from @param {string[]} to */
function places(from, to) {
  const free = [...to];
  /** @param {string} link @param {number} index */
  const placeOf = (link, index) => {
    const at = free.indexOf(link);
    if (at < 0) return index < to.length && !from.includes(to[index]) ? index + 1 : null;
    free[at] = "\n"; // no link is a line's end
    return at + 1;
  };
  return new Map(from.map((link, index) => [index + 1, placeOf(link, index)]));
}

// A prompt that was typed on since it was `is`: what the edit wrote goes back to what it `was` where that still stands,
// and every other mention follows its reference.
/** @param {State} now @param {State} is @param {State} was */
function typedOn(now, is, was) {
  /** @param {string} text */
  const following = (text) =>
    FIELDS.reduce((prompt, field) => rewritten(prompt, field, places(now.lists[field], was.lists[field])).prompt, text);
  const { written, earlier } = difference(is.prompt, was.prompt);
  const around = written ? now.prompt.split(written) : [];
  return around.length === 2 ? around.map(following).join(earlier) : following(now.prompt);
}

// Where two texts differ, each with a little of what comes before it.
/** @param {string} is @param {string} was */
function difference(is, was) {
  const most = Math.min(is.length, was.length);
  let start = 0;
  while (start < most && is[start] === was[start]) start += 1;
  let end = 0;
  while (end < most - start && is.at(-1 - end) === was.at(-1 - end)) end += 1;
  if (start === is.length && start === was.length) return { written: "", earlier: "" };
  start = Math.max(0, start - CONTEXT);
  return { written: is.slice(start, is.length - end), earlier: was.slice(start, was.length - end) };
}

// From one side of an edit to the other. Null where the references are not those that it left.
/** @param {State} now @param {State} is @param {State} was @returns {State | null} */
function turned(now, is, was) {
  if (!same(now.lists, is.lists)) return null;
  return { lists: was.lists, prompt: now.prompt === is.prompt ? was.prompt : typedOn(now, is, was) };
}

export class Edits {
  /** @type {Edit[]} */
  #done = [];
  /** @type {Edit[]} */
  #undone = [];
  #last = {};

  // What a person begins to do; what comes of it may come later.
  begin() {
    this.#last = {};
    return this.#last;
  }

  // Whether the person has begun with nothing since.
  /** @param {object} deed */
  isLast(deed) {
    return deed === this.#last;
  }

  // What was done. All that comes of one deed is one edit.
  /** @param {Edit} edit */
  note(edit) {
    let top = this.#done.at(-1);
    if (top && !same(top.after.lists, edit.before.lists)) {
      this.#done = []; // of a form that was filled anew since
      top = undefined;
    }
    const more = top?.deed === edit.deed ? this.#done.pop() : undefined;
    const whole = more ? { ...edit, before: more.before, said: `${more.said} ${edit.said}` } : edit;
    this.#done = [...this.#done, whole].slice(-MOST);
    this.#undone = [];
  }

  // What came of an earlier deed while the person went on: it stays, whatever is taken back.
  /** @param {(lists: Lists) => Lists} change */
  landed(change) {
    /** @param {State} state */
    const changed = (state) => ({ ...state, lists: change(state.lists) });
    for (const edits of [this.#done, this.#undone]) {
      edits.forEach((edit, index) => {
        edits[index] = { ...edit, before: changed(edit.before), after: changed(edit.after) };
      });
    }
  }

  // What taking back would take back; nothing where the references are other ones by now.
  /** @param {State} now */
  last(now) {
    const edit = this.#done.at(-1);
    return edit && same(edit.after.lists, now.lists) ? edit.said : "";
  }

  // What doing again would do.
  /** @param {State} now */
  next(now) {
    const edit = this.#undone.at(-1);
    return edit && same(edit.before.lists, now.lists) ? edit.said : "";
  }

  // The form without the last edit. Null where there is none.
  /** @param {State} now @returns {State | null} */
  back(now) {
    const edit = this.#done.at(-1);
    const before = edit ? turned(now, edit.after, edit.before) : null;
    if (!edit || !before) return null;
    this.begin();
    this.#done.pop();
    this.#undone.push({ ...edit, before, after: { ...edit.after, prompt: now.prompt } });
    return before;
  }

  // The form with the edit that was taken back last.
  /** @param {State} now @returns {State | null} */
  again(now) {
    const edit = this.#undone.at(-1);
    const after = edit ? turned(now, edit.before, edit.after) : null;
    if (!edit || !after) return null;
    this.begin();
    this.#undone.pop();
    this.#done.push({ ...edit, before: { ...edit.before, prompt: now.prompt }, after });
    return after;
  }
}
