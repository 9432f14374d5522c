// JSON as text in three colours: names, strings and the rest. A JavaScript number would bend a 64-bit integer.
import { make } from "../../scripts/dom.js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;

// Every piece goes in as text.
/** @param {string} text */
function coloured(text) {
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    const kind = found[1] ? (found[2] ? "name" : "string") : "other";
    pieces.push(text.slice(end, found.index), make("span", kind, found[1] ?? found[3]), found[2] ?? "");
    end = found.index + found[0].length;
  }
  return [...pieces, text.slice(end)];
}

// The line of each field that something is wrong with, in a body that is indented by two.
/** @param {string} text @param {string[]} [wrong] */
export function marked(text, wrong = []) {
  const lines = text.split(/(?<=\n)/);
  return lines.flatMap((line) => {
    const name = line.match(/^ {2}"(\w+)":/)?.[1];
    if (!name || !wrong.includes(name)) return coloured(line);
    const node = make("mark", "is-wrong");
    node.append(...coloured(line));
    return [node];
  });
}
