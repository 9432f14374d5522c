// What went over the wire, as it came: one exchange in a line that opens, and the pieces that show its texts.
import { button, copy, make } from "./dom.js";
import { say } from "./words.js";

/** @param {number} seconds */
export const time = (seconds) => new Date(seconds * 1000).toLocaleString(document.documentElement.lang);

/** @param {string[]} parts */
export const facts = (...parts) => make("p", "facts", parts.filter(Boolean).join("  ·  "));

/** @param {HTMLElement} text */
export function copyButton(text) {
  const node = button(say("common.copy"), () => copy(text.textContent ?? "", node, text));
  return node;
}

/** @param {string} text */
export function pre(text) {
  const node = make("pre", "", text);
  node.tabIndex = 0;
  return node;
}

// One line of a timeline, as `details.timeline_of` has it.
/** @param {any} each @returns {HTMLDetailsElement} */
export function exchangeNode(each) {
  const node = make("details");
  node.append(make("summary", "", `${time(each.at)} · ${each.title}`), facts(each.line, each.headers, each.repeats));
  for (const text of [each.request, each.response].filter(Boolean)) {
    const body = pre(text);
    node.append(body, copyButton(body));
  }
  return node;
}
