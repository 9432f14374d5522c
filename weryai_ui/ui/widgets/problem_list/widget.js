// What is wrong with the form, counted beside the buttons, in a list and at each field; and what became of a submission that brought no card.
import { button, finder, make } from "../../scripts/dom.js";
import { on, tell } from "../../scripts/events.js";
import { fieldOf, focusField, inputOf } from "../../scripts/fields.js";
import { form, measured, showPrice } from "../../scripts/form.js";
import { facts } from "../../scripts/models.js";
import { post } from "../../scripts/server.js";
import { isAnother, submission, unsettleForm } from "../../scripts/submission.js";
import { language, say, speaking } from "../../scripts/words.js";

const PAUSE_MS = 150;
const AGAIN_MS = 3000;
const { fields } = studioData;
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;

/** @typedef {{ field: string, text: string }} Finding */
/** @typedef {{ problems: Finding[], warnings: Finding[], price?: string, request?: Pane, code?: { programs: any[] } }} Findings */

/** @param {string} target @param {Finding[]} findings */
function list(target, findings) {
  $(target).replaceChildren(
    ...findings.map(({ field, text }) => {
      const node = make("li");
      node.append(button(text, () => focusField(field)));
      return node;
    }),
  );
}

/** @param {HTMLElement} field @param {string} name */
function noteIn(field, name) {
  const there = field.querySelector(":scope > .field-note");
  if (there) return there;
  const note = make("p", "field-note");
  note.id = `note-${name}`;
  field.append(note);
  return note;
}

// The sentence under its own field, and the field marked for screen readers.
/** @param {string} name @param {Findings} findings */
function mark(name, findings) {
  const field = fieldOf(name);
  const input = inputOf(name);
  if (!field) return;
  const note = noteIn(field, name);
  const own = findings.problems.filter((found) => found.field === name);
  const said = own.length ? own : findings.warnings.filter((found) => found.field === name);
  note.textContent = said.map((found) => found.text).join("\n");
  note.classList.toggle("is-problem", own.length > 0);
  field.classList.toggle("has-problem", own.length > 0);
  if (own.length) input?.setAttribute("aria-invalid", "true");
  else input?.removeAttribute("aria-invalid");
  if (note.textContent) input?.setAttribute("aria-describedby", note.id);
  else input?.removeAttribute("aria-describedby");
}

/** @param {number} number */
const countedProblems = (number) => (number === 1 ? say("page.problem_1") : say("page.problems", { number }));
/** @param {number} number */
const countedHints = (number) => (number === 1 ? say("page.hint_1") : say("page.hints", { number }));

// How many there are, beside the buttons; each stands at its field, and all in the list that opens.
/** @param {Findings} findings */
function showCounts({ problems, warnings }) {
  const parts = [
    problems.length ? countedProblems(problems.length) : "",
    warnings.length ? countedHints(warnings.length) : "",
  ];
  const text = parts.filter(Boolean).join(say("form.comma"));
  $(".found").hidden = !text;
  $(".counts").classList.toggle("has-problem", problems.length > 0);
  $(".counts").textContent = text;
  // Who cannot see the field hears what is wrong with it, once.
  const said = problems.map((found) => found.text).join(" ") || text;
  if ($(".counts-said").textContent !== said) $(".counts-said").textContent = said;
}

/** @param {Findings} findings */
function show(findings) {
  list(".problems", findings.problems);
  list(".warnings", findings.warnings);
  showCounts(findings);
  for (const name of fields) mark(name, findings);
}

function count() {
  const label = fieldOf("prompt")?.querySelector("[data-testid=block-info]");
  if (!label) return;
  let counter = label.parentElement?.querySelector(".counter");
  if (!counter) {
    counter = /** @type {Element} */ (make("span", "counter"));
    label.after(counter);
  }
  const used = [...(form.values.prompt ?? "")].length;
  fieldOf("prompt")?.classList.toggle("has-text", used > 0); // what it is for needs no saying then
  counter.textContent = `${used} / ${facts().prompt}`;
  counter.classList.toggle("is-over", used > facts().prompt);
}

// --- the server's findings while a person types ------------------------------------------------------------------

let timer = 0;
let asking = new AbortController();

// The programs are made for who looks at them.
function isCodeSeen() {
  const box = document.getElementById("code")?.getBoundingClientRect();
  return Boolean(box && box.top < innerHeight && box.bottom > 0);
}

// One question at a time: the next one ends the one before, whose answer is then never shown.
function askNoMore() {
  clearTimeout(timer);
  asking.abort();
}

/** @param {number} ms */
function askSoon(ms) {
  askNoMore();
  timer = setTimeout(ask, ms);
}

// The form's values and what was measured of their links; no secret is among them. Without findings there was no
// answer; `away` when one may come later.
/** @param {AbortSignal} signal @returns {Promise<Findings | { away: boolean }>} */
async function findings(signal) {
  const values = Object.fromEntries(fields.map((name) => [name, form.values[name]]));
  try {
    const code = isCodeSeen();
    const body = { values, measured: measured(), send_to: form.values["send-to"], language: language(), code };
    const answer = await post("check", body, signal);
    return answer.ok ? await answer.json() : { away: answer.status >= 500 || answer.status === 429 };
  } catch {
    return { away: true };
  }
}

// The live list must not shout on an untouched form: warnings wait until there is something to judge.
let touched = false;
async function ask() {
  askNoMore();
  asking = new AbortController();
  const { signal } = asking;
  const { prompt, images, videos, audios } = form.values;
  const sendTo = form.values["send-to"];
  const answer = await findings(signal);
  if (signal.aborted) return;
  touched ||= Boolean(prompt || images || videos || audios);
  // What was sent stays in the panes until the form is another.
  if ("problems" in answer) tell("checked", isAnother() ? answer : { request: null });
  if ("problems" in answer) showPrice(sendTo, answer.price);
  if ("problems" in answer) show(touched ? answer : { ...answer, warnings: [] });
  else if (answer.away) askSoon(AGAIN_MS); // what was said before stays
}

// --- what the server said to an event ------------------------------------------------------------------------------

let waiting = ""; // what was noticed of a submission that is on its way
let isOfForm = false; // what is noticed is about the form as it was, and not about a submission

function takeAnswer() {
  const answer = widget.props.value ?? { problems: [], warnings: [] };
  // An answer to a form that has been edited since must not bring back what was mended meanwhile.
  const isStale = form.edits !== submission.edits;
  if (!isStale) {
    askNoMore();
    show(answer);
    if (answer.problems.length || answer.refusal) {
      unsettleForm();
      askSoon(PAUSE_MS);
    }
  }
  $(".refusal").textContent = answer.refusal ?? "";
  $(".notice").textContent = answer.notice ?? "";
  isOfForm = true;
  if (!isStale && answer.problems.length) focusField(answer.problems[0].field, true);
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  on("formChanged", () => {
    count();
    $(".refusal").textContent = "";
    if (isOfForm && form.edits !== submission.edits) $(".notice").textContent = "";
    askSoon(PAUSE_MS);
  });
  on("said", ({ refusal, notice, seconds, text }) => {
    $(".refusal").textContent = text ?? (refusal ? say(refusal) : "");
    isOfForm = false;
    waiting = notice && submission.sending ? say(notice, { seconds }) : "";
    $(".notice").textContent = notice ? say(notice, { seconds }) : "";
  });
  // Its answer may say nothing else.
  on("submissionChanged", () => {
    if (!submission.sending && waiting && $(".notice").textContent === waiting) $(".notice").textContent = "";
  });
  on("checkWanted", () => {
    if (form.edits) askSoon(PAUSE_MS);
  });
  speaking(() => {
    if (form.edits) ask();
  });
  widget.watch("value", takeAnswer);
}
