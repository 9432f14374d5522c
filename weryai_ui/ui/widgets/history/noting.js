// A note of one's own on a submission: kept as it is left.
import { make } from "../../scripts/dom.js";
import { say } from "../../scripts/words.js";

const NOTE_CHARACTERS = 500;

/** @param {string} note @param {(note: string) => void} setNote @returns {HTMLLabelElement} */
export function noteNode(note, setNote) {
  const label = make("label", "titling");
  const field = make("textarea");
  Object.assign(field, { maxLength: NOTE_CHARACTERS, rows: 2, value: note, placeholder: say("noting.hint") });
  field.onchange = () => setNote(field.value);
  label.append(make("span", "", say("noting.note")), field);
  return label;
}
