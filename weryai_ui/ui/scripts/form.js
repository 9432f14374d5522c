// The form as it stands: its values, what is known of its references, and the draft that the browser keeps of it.
import { on, tell } from "./events.js";
import { listsOf } from "./references.js";
import { read, write } from "./storage.js";
import { say } from "./words.js";

/**
 * `edits` counts the changes; none means that the draft has not been put back yet.
 * @type {{ values: Values, edits: number, known: Record<string, Facts> }}
 */
export const form = { values: {}, edits: 0, known: {} };

/**
 * What a widget hands to the listener of Gradio's that it triggers, which takes it from here.
 * @type {{ pending: Values, edit: Values, again: string, uploadAgain: string }}
 */
export const handed = { pending: {}, edit: {}, again: "", uploadAgain: "" };

/** @param {string[]} names @param {any[]} values */
export function formChanged(names, values) {
  form.edits += 1;
  form.values = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  document.body.dataset.sendTo = form.values["send-to"] ?? "";
  showWhere();
  write("draft", JSON.stringify(form.values));
  tell("formChanged", undefined);
}

// Something new is known of a reference; whatever shows the form looks again.
/** @param {string} link @param {Facts} facts */
export function learn(link, facts) {
  form.known[link] = { ...form.known[link], ...facts };
  tell("formChanged", undefined);
}

// Once the draft stands in the form, so that nothing is put over what follows.
/** @param {() => void} act */
export function whenRestored(act) {
  let waits = !form.edits;
  if (!waits) act();
  else {
    on("formChanged", () => {
      if (waits && form.edits) {
        waits = false;
        act();
      }
    });
  }
}

// What this visitor may still send, as the server said with the board.
/** @type {{ needs_code: boolean, lines: Record<string, string> }} */
let allowance = { needs_code: false, lines: {} };
export const needsCode = () => allowance.needs_code;

/** @param {typeof allowance} now */
export function showAllowance(now) {
  allowance = now;
  document.body.dataset.needsCode = String(now.needs_code);
  showWhere();
}

// What the form may cost, as the server said with its findings; of another destination it says nothing.
let price = { sendTo: "", text: "" };

/** @param {string | undefined} sendTo @param {string | undefined} text */
export function showPrice(sendTo, text) {
  price = { sendTo: sendTo ?? "", text: text ?? "" };
  showWhere();
}

// Where a submission would go and what it would cost, beside the button; and what is left of a budget.
export function showWhere() {
  const sendTo = form.values["send-to"];
  const goes = document.getElementById("goes");
  const left = document.getElementById("allowance");
  if (!sendTo || !goes || !left) return;
  goes.textContent = say(`goes.${sendTo}`);
  const costs = document.getElementById("price");
  const text = price.sendTo === sendTo ? price.text : "";
  if (costs && costs.textContent !== text) costs.textContent = text; // said once
  left.textContent = allowance.lines[sendTo] ?? "";
}

// The draft over the form's own values; a value that the form no longer offers stays out. What stays as it is is
// left out of the answer: each value that Gradio sets again draws its component again.
/** @param {string[]} names @param {any[]} values @param {Record<string, any[]>} offered */
export function draft(names, values, offered) {
  /** @type {Values} */
  let kept = {};
  try {
    kept = JSON.parse(read("draft") || "{}") ?? {};
  } catch {
    /* a broken draft is no draft */
  }
  /** @param {string} name */
  const usable = (name) => name in kept && (!offered[name] || offered[name].includes(kept[name]));
  return names.map((name, index) => (usable(name) && kept[name] !== values[index] ? kept[name] : undefined));
}

// A request body as form values, for "Run again".
/** @param {string[]} names */
export function pendingForm(names) {
  /** @param {any} value */
  const line = (value) => (Array.isArray(value) ? value.join("\n") : value);
  return names.map((name) => {
    const value = handed.pending[name];
    if (name === "video_number") return value === undefined ? null : String(value);
    return line(value) ?? "";
  });
}

// Seconds of the clips behind links, as this browser read them.
export function measured() {
  const links = Object.values(listsOf(form.values)).flat();
  const found = links.filter((link) => !link.startsWith("upload:") && Number.isFinite(form.known[link]?.duration_s));
  return JSON.stringify(Object.fromEntries(found.map((link) => [link, form.known[link].duration_s])));
}
