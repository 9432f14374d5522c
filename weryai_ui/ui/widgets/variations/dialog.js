// The dialog that makes a plan: what varies, its values, what the server finds of each, and what all cost together.
import { asks } from "../../scripts/asking.js";
import { button, make } from "../../scripts/dom.js";
import { on } from "../../scripts/events.js";
import { secrets } from "../../scripts/fields.js";
import { form, measured } from "../../scripts/form.js";
import { cameFrom } from "../../scripts/lineage.js";
import { facts } from "../../scripts/models.js";
import { answerOf, params } from "../../scripts/server.js";
import { has, say, speaking } from "../../scripts/words.js";

const VARIED = ["aspect_ratio", "duration", "resolution", "model", "prompt"];
const [LEAST, MOST] = [2, 4];
const PAUSE_MS = 200;
const KEY_BYTES = 16;
/** @type {Widget} */
let widget;
/** @type {(plans: any[]) => void} */
let made;
/** @type {HTMLDialogElement} */
let dialog;
let varies = VARIED[0];
/** @type {Record<string, any[]>} */
let chosen = {}; // values, by field
let planKey = ""; // of what is asked for; the same until an answer comes
let asked = 0; // checks: a late answer never replaces a newer one
let timer = 0;
/** @type {any} */
let found = null; // what the server said last of exactly these variants
let isSending = false;

const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} field @returns {any[]} */
function offered(field) {
  const { least, most, choices } = facts();
  if (field === "duration") return Array.from({ length: most - least + 1 }, (_, index) => least + index);
  if (field === "model") return Object.keys(studioData.models.of);
  return (choices[field] ?? []).filter(Boolean);
}

/** @param {string} field @param {any} value */
function nameOf(field, value) {
  if (field === "duration") return say("time.seconds", { seconds: value });
  const key = `choice.${field}.${value}`;
  return has(key) ? say(key) : String(value);
}

const isSame = (/** @type {any} */ one, /** @type {any} */ other) => String(one) === String(other);

// In the order of the form, so that the same choice is the same plan.
function values() {
  if (varies === "prompt") return chosen.prompt.filter((text) => text.trim());
  return offered(varies).filter((each) => chosen[varies].some((other) => isSame(each, other)));
}

const question = (/** @type {object} */ more) =>
  params({
    form: form.values,
    varies,
    values: values(),
    measured: measured(),
    came_from: cameFrom(),
    ...secrets(),
    ...more,
  });

// --- what is asked -----------------------------------------------------------------------------------------------

function changed() {
  planKey = newKey();
  found = null;
  asked += 1;
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE_MS);
  drawFound();
}

async function check() {
  if (!dialog.open || values().length < LEAST) return;
  const mine = asked;
  const answer = await answerOf(widget.server.check_plan(question({})));
  if (mine !== asked) return;
  found = answer ?? { variants: [], passes: false, refusal: say("common.no_answer"), price: "", short: "" };
  drawFound();
}

// What costs is asked about once more, with the whole price. Pressed again without an answer it is the same plan.
async function send() {
  const { "send-to": sendTo } = form.values;
  const n = values().length;
  const price = [found.price, found.short].filter(Boolean).join(" ");
  if (isSending) return;
  if (
    sendTo !== "sandbox" &&
    !(await asks(say("variations.asks", { n }), say("variations.send", { n }), sendTo, price))
  )
    return;
  isSending = true;
  drawFound();
  const answer = await answerOf(widget.server.start_plan(question({ plan_key: planKey })));
  isSending = false;
  if (answer?.plan) {
    planKey = newKey();
    dialog.close();
    made(answer.plans);
    return;
  }
  found = answer ?? { ...found, refusal: say("common.no_answer") };
  drawFound();
}

// --- drawing -----------------------------------------------------------------------------------------------------

/** @param {any} value */
function valueNode(value) {
  const label = make("label", "choice");
  const box = make("input");
  box.type = "checkbox";
  box.checked = chosen[varies].some((each) => isSame(each, value));
  box.onchange = () => {
    chosen[varies] = chosen[varies].filter((each) => !isSame(each, value));
    if (box.checked) chosen[varies].push(value);
    bound();
    changed();
  };
  label.append(box, make("span", "", nameOf(varies, value)));
  return label;
}

// No more than four at once: the others cannot be chosen then.
function bound() {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (dialog.querySelectorAll(".values input"));
  for (const box of boxes) box.disabled = !box.checked && values().length >= MOST;
}

/** @param {string} text @param {number} index */
function wordingNode(text, index) {
  const label = make("label", "wording");
  const box = make("textarea");
  Object.assign(box, { value: text, rows: 3 });
  box.oninput = () => {
    chosen.prompt[index] = box.value;
    changed();
  };
  label.append(make("span", "", say("variations.wording", { number: index + 1 })), box);
  return label;
}

function addWording() {
  chosen.prompt.push(form.values.prompt ?? "");
  drawValues();
  changed();
  const boxes = dialog.querySelectorAll("textarea");
  boxes[boxes.length - 1].focus();
}

function drawValues() {
  const place = /** @type {HTMLElement} */ (dialog.querySelector(".values"));
  const isPrompt = varies === "prompt";
  place.replaceChildren(...(isPrompt ? chosen.prompt.map(wordingNode) : offered(varies).map(valueNode)));
  if (isPrompt && chosen.prompt.length < MOST) place.append(button(say("variations.add"), addWording));
  if (!isPrompt) bound();
}

/** @param {{ text: string }[]} findings */
const textsOf = (findings) => findings.map((each) => each.text);

/** What is said of every variant, and so stands below all of them once. @returns {string[]} */
function hintsOfAll() {
  const [first = [], ...others] = (found?.variants ?? []).map((/** @type {any} */ each) => textsOf(each.warnings));
  return first.filter((/** @type {string} */ text) =>
    others.every((/** @type {string[]} */ all) => all.includes(text)),
  );
}

/** @param {any} value @param {number} index */
function lineNode(value, index) {
  const item = make("li");
  const name = varies === "prompt" ? say("variations.wording", { number: index + 1 }) : nameOf(varies, value);
  const { problems = [], warnings = [], price = "" } = found?.variants[index] ?? {};
  item.append(make("strong", "", name));
  const all = hintsOfAll();
  const own = textsOf(warnings).filter((text) => !all.includes(text));
  const text = (problems.length ? textsOf(problems) : own).join(" ");
  const passes = found?.variants[index] && !problems.length ? say("variations.passes") : "";
  item.append(make("span", problems.length ? "wrong" : text ? "hint" : "", text || passes));
  if (price) item.append(make("span", "price", price));
  return item;
}

function drawFound() {
  const [list, hints, total, wrong, yes] = [".found", ".of-all", ".total", ".wrong-all", ".main"].map(
    (each) => /** @type {any} */ (dialog.querySelector(each)),
  );
  const all = values();
  const isEnough = all.length >= LEAST;
  list.replaceChildren(...all.map(lineNode));
  hints.textContent = isEnough ? hintsOfAll().join(" ") : "";
  const says = !isEnough ? say("variations.choose") : found ? found.price : say("variations.sending");
  total.textContent = [says, found?.short].filter(Boolean).join(" ");
  wrong.textContent = (isEnough && found?.refusal) || "";
  yes.textContent = all.length > 1 ? say("variations.send", { n: all.length }) : say("variations.send_none");
  yes.disabled = !isEnough || !found?.passes || isSending;
}

/** @param {string} field */
function kindNode(field) {
  const label = make("label", "kind");
  const box = make("input");
  Object.assign(box, { type: "radio", name: "varies", value: field, checked: field === varies });
  box.onchange = () => {
    varies = field;
    drawValues();
    changed();
  };
  label.append(box, make("span", "", say(`label.${field}`)));
  return label;
}

function draw() {
  const title = make("h2", "", say("variations.title"));
  title.id = "variations-title";
  const kinds = make("fieldset", "kinds");
  kinds.append(make("legend", "", say("variations.varies")), ...VARIED.map(kindNode));
  const wrong = make("p", "wrong-all");
  wrong.setAttribute("role", "alert");
  const total = make("p", "total");
  total.setAttribute("role", "status");
  const row = make("div", "row");
  row.append(
    button(say("common.cancel"), () => dialog.close()),
    button("", send, "main"),
  );
  const note = make("p", "note", say("variations.one_by_one"));
  const hints = make("p", "of-all hint");
  dialog.replaceChildren(title, kinds, make("div", "values"), make("ul", "found"), hints, note, total, wrong, row);
  drawValues();
}

function open() {
  const { prompt = "" } = form.values;
  chosen = Object.fromEntries(VARIED.map((field) => [field, [form.values[field]].filter(Boolean)]));
  chosen.prompt = [prompt, prompt];
  draw();
  document.body.append(dialog);
  dialog.showModal();
  changed();
}

/** @param {Widget} given @param {(plans: any[]) => void} then  what becomes of the plans once one is made */
export function startDialog(given, then) {
  widget = given;
  made = then;
  dialog = make("dialog", "studio-dialog");
  dialog.id = "variations-dialog";
  dialog.setAttribute("aria-labelledby", "variations-title");
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.id === "variations-open") open();
  });
  const label = () => {
    const opener = document.getElementById("variations-open");
    if (opener) Object.assign(opener, { textContent: say("variations.open"), title: say("variations.hint") });
  };
  on("formChanged", label);
  speaking(label);
}
