// How many references of each kind there are, and what is more than the chosen model takes.
import { make } from "../../scripts/dom.js";
import { facts } from "../../scripts/models.js";
import { FIELDS } from "../../scripts/references.js";
import { fill, say, wordsOf } from "../../scripts/words.js";
import { factsOf } from "./media.js";

const { clip: CLIP } = studioData;
const words = wordsOf("tray");

/** @param {string} field @returns {number} */
const mostOf = (field) => /** @type {any} */ (facts())[field];

// Whether a reference, by its place from 0, is beyond what goes out.
/** @param {string} field @param {number} index */
export const isExtra = (field, index) => index >= mostOf(field);

/** @param {string} field @param {string[]} links */
function counterNode(field, links) {
  const measured = links.map((link) => factsOf(link).duration_s ?? Number.NaN).filter(Number.isFinite);
  const sum = Math.round(measured.reduce((a, b) => a + b, 0) * 10) / 10;
  const isSummed = field !== "images" && measured.length > 0;
  const total = isSummed ? `, ${fill(words.of_seconds, { sum, limit: CLIP.all })}` : "";
  const isOver = links.length > mostOf(field) || (isSummed && sum > CLIP.all);
  return make("span", isOver ? "is-over" : "", `${say(`label.${field}`)} ${links.length}/${mostOf(field)}${total}`);
}

/** @param {string} field @param {number} number */
const overWords = (field, number) =>
  fill(words.over, { label: say(`label.${field}`), number, limit: mostOf(field), extra: number - mostOf(field) });

// The counters, and a sentence for each that is over.
/** @param {HTMLElement} counters @param {HTMLElement} over @param {Lists} lists */
export function drawCounters(counters, over, lists) {
  const nodes = FIELDS.map((field) => counterNode(field, lists[field]));
  const line = nodes.flatMap((node, index) => (index ? [" · ", node] : [node]));
  if (counters.textContent !== nodes.map((node) => node.textContent).join(" · ")) counters.replaceChildren(...line);
  const extra = FIELDS.filter((field) => isExtra(field, lists[field].length - 1));
  over.textContent = extra.map((field) => overWords(field, lists[field].length)).join("\n");
}
