const $ = (selector) => element.querySelector(selector);
const { mostOf } = window.studioData, studio = window.studio;
const PAUSE_MS = 150, AGAIN_MS = 3000;
const fieldOf = (name) => document.getElementById(`field-${name}`);
const inputOf = (name) => fieldOf(name)?.querySelector("textarea, input:not([type=hidden])");

// `politely`: not from under the hands of somebody who has gone on to type elsewhere.
function focusField(name, politely = false) {
  fieldOf(name)?.closest("details")?.setAttribute("open", "");
  const accordion = fieldOf(name)?.closest(".studio-advanced")?.querySelector("button.label-wrap:not(.open)");
  accordion?.click();
  requestAnimationFrame(() => {
    if (politely && document.activeElement?.matches("textarea, input:not([type=radio])")) return;
    inputOf(name)?.focus();
    fieldOf(name)?.scrollIntoView({ block: "center" });
  });
}

function list(target, findings) {
  $(target).replaceChildren(...findings.map((finding) => {
    const item = document.createElement("li"), go = document.createElement("button");
    go.type = "button";
    go.textContent = finding.text;
    go.onclick = () => focusField(finding.field);
    item.append(go);
    return item;
  }));
}

// The sentence under its own field, and the field marked for screen readers.
function mark(name, findings) {
  const field = fieldOf(name), input = inputOf(name);
  if (!field) return;
  let note = field.querySelector(":scope > .field-note");
  if (!note) {
    note = document.createElement("p");
    note.className = "field-note";
    note.id = `note-${name}`;
    field.append(note);
  }
  const own = findings.problems.filter((found) => found.field === name);
  const said = own.length ? own : findings.warnings.filter((found) => found.field === name);
  note.textContent = said.map((found) => found.text).join("\n");
  note.classList.toggle("is-problem", own.length > 0);
  field.classList.toggle("has-problem", own.length > 0);
  if (!input) return;
  if (own.length) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
  if (note.textContent) input.setAttribute("aria-describedby", note.id); else input.removeAttribute("aria-describedby");
}

function show(findings) {
  list(".problems", findings.problems);
  list(".warnings", findings.warnings);
  Object.keys(mostOf).forEach((name) => mark(name, findings));
}

function count(values) {
  const label = fieldOf("prompt")?.querySelector("[data-testid=block-info]");
  if (!label) return;
  let counter = label.parentElement.querySelector(".counter");
  if (!counter) {
    counter = document.createElement("span");
    counter.className = "counter";
    label.after(counter);
  }
  const used = [...(values.prompt ?? "")].length;
  counter.textContent = `${used} / ${mostOf.prompt}`;
  counter.classList.toggle("is-over", used > mostOf.prompt);
}

// --- the server's findings while a person types ------------------------------------------------------------------

let timer = 0, asking = new AbortController();

// One question at a time: the next one ends the one before, whose answer is then never shown.
function askNoMore() {
  clearTimeout(timer);
  asking.abort();
}

function askSoon(ms) {
  askNoMore();
  timer = setTimeout(ask, ms);
}

// The live list must not shout on an untouched form: warnings wait until there is something to judge.
let touched = false;
async function ask() {
  askNoMore();
  const { signal } = (asking = new AbortController()), { values } = studio;
  const answer = await studio.check(signal);
  if (signal.aborted) return;
  if (answer.away) askSoon(AGAIN_MS);
  if (!answer.problems) return;   // what was said before stays
  touched ||= Boolean(values.prompt || values.images || values.videos || values.audios);
  show(touched ? answer : { ...answer, warnings: [] });
}

studio.formListeners.push((values) => {
  count(values);
  $(".refusal").textContent = "";
  askSoon(PAUSE_MS);
});
window.words.speaking(() => { if (studio.edits) ask(); });

// What a person is told of a submission beside what is wrong in the form.
studio.tell = ({ refusal = "", notice = "" }) => {
  $(".refusal").textContent = refusal && window.words.say(refusal);
  $(".notice").textContent = notice && window.words.say(notice);
};
studio.outage = () => {
  const { restarting, unanswered } = studio;
  studio.tell({ refusal: restarting ? "page.nothing_sent_restarting" : unanswered().length ? "page.not_known_yet" : "page.nothing_sent_outage" });
};
watch("value", () => {
  const findings = props.value ?? { problems: [], warnings: [] };
  // An answer to a form that has been edited since must not bring back what was mended meanwhile.
  const stale = studio.edits !== studio.editsAtPress;
  if (!stale) { askNoMore(); show(findings); }
  $(".refusal").textContent = findings.refusal ?? "";
  $(".notice").textContent = findings.notice ?? "";
  if (!stale && findings.problems.length) focusField(findings.problems[0].field, true);
});
