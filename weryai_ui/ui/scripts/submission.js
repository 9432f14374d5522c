// An event of the form on its way: what goes out with it, and what became of a submission whose answer does not come.
// The page asks for that by its idempotency key, and goes on. The key stays the same until an answer comes, so that
// whatever is pressed meanwhile, the same form is never sent twice.
import { asks } from "./asking.js";
import { on, tell } from "./events.js";
import { form, handed, measured, needsCode, whenRestored } from "./form.js";
import { cameFrom } from "./lineage.js";
import { health, isHealthy, params, post, turn } from "./server.js";
import { key, read, unanswered, visitor, write } from "./storage.js";
import { language, say } from "./words.js";

const SENDING_MS = 180000; // longer than any submit may take
const EVERY_MS = 2000;
const ASK_MS = 10000;
const CERTAIN = 2; // so often in a row: the answer, or the request itself, may just be on its way
let round = 0; // of questions: a later one, or the answer itself, ends it
let lastSent = "";
let lastForm = ""; // that went out with an event
let shownForm = ""; // that stood there when the panes came to show what was sent, or chosen
let acceptedForm = ""; // that went out last and was answered
let isRunning = false; // the newest submission, wherever it was made

/**
 * `sending`: the submission that is on its way, with the name under which its key is kept. `edits`: those of the form
 * when the last event went out.
 * @type {{ underWay: boolean, sending: { name: string, since: number } | null, edits: number }}
 */
export const submission = { underWay: false, sending: null, edits: 0 };

/** @param {Values} values */
const shapeOf = (values) => JSON.stringify([...studioData.fields, "send-to"].map((name) => values[name] ?? null));
// Whether the form, or where it goes, is another than when something was sent or chosen: by the values, since Gradio
// tells of a change late.
export const isAnother = () => shapeOf(form.values) !== shownForm;
export function settleForm() {
  shownForm = shapeOf(form.values);
}
// Nothing went out: what would go out is shown further on.
export function unsettleForm() {
  shownForm = "";
}

/** @param {{ name: string, since: number } | null} sending */
function setSending(sending) {
  submission.sending = sending;
  tell("submissionChanged", undefined);
}

on("boardChanged", ({ newest }) => {
  isRunning = Boolean(newest?.busy);
});

// The same form again while it is being made is rarely meant, and costs.
async function isMeant() {
  const { "send-to": sendTo } = form.values;
  if (!isRunning || shapeOf(form.values) !== acceptedForm || sendTo === "sandbox") return true;
  return asks(say("page.again_asks"), say("page.again_yes"), sendTo);
}

/** @param {string[]} names */
const keyName = (names) => (names.includes("intent") ? `again-${handed.again}` : `press-${form.values["send-to"]}`);

// What only the browser knows, filled in as an event goes out. A secret leaves with the event that needs it, and with
// no other.
/** @type {Record<string, (typed: any) => string>} */
const FILLED = {
  visitor,
  language,
  measured,
  came_from: cameFrom,
  intent: () => handed.again,
  link: () => handed.uploadAgain,
  "my-key": (typed) => (form.values["send-to"] === "my-key" ? typed : ""),
  code: (typed) => (form.values["send-to"] === "owner-key" && needsCode() ? typed : ""),
};

// The values of an event as they go out, by name. Only an event with the access code's box may spend: of those, one at
// a time, from the click on.
/** @param {string[]} names @param {any[]} values */
export async function before(names, values) {
  const spending = names.includes("code");
  const never = new Promise(() => {
    /* the event ends here */
  });
  const name = keyName(names);
  const { sending } = submission;
  if (spending && sending && Date.now() - sending.since < SENDING_MS) return never;
  if (spending && !names.includes("intent") && !(await isMeant())) return never;
  if (spending) setSending({ name, since: Date.now() });
  if (!(await isHealthy())) {
    if (spending) setSending(null);
    tellOutage();
    return never;
  }
  submission.edits = form.edits;
  lastForm = shapeOf(Object.fromEntries(names.map((each, index) => [each, values[index]])));
  shownForm = lastForm;
  submission.underWay = true;
  tell("submitting", undefined);
  /** @type {typeof FILLED} */
  const filled = { ...FILLED, idempotency_key: () => (spending ? key(name) : "") };
  const out = names.map((each, index) => (each in filled ? filled[each](values[index]) : values[index]));
  tell("said", {});
  turn.refused = "";
  if (spending) {
    lastSent = name;
    findOut(name);
  }
  return out;
}

function tellOutage() {
  const away = unanswered().length ? "page.not_known_yet" : "page.nothing_sent_outage";
  tell("said", { refusal: health.restarting ? "page.nothing_sent_restarting" : away });
}

// An answer came to the submission: the next one is another.
export function answered() {
  round += 1;
  write(lastSent, "");
  acceptedForm = lastForm;
}

// The event was answered.
/** @param {boolean} spending */
export function over(spending) {
  submission.underWay = false;
  if (!spending) return;
  setSending(null);
  round += 1;
}

// The event failed, and nothing is known of it but that.
/** @param {boolean} spending */
export function failed(spending) {
  submission.underWay = false;
  if (turn.refused) {
    over(spending);
    tell("said", { text: turn.refused });
  } else if (spending) findOut(lastSent, { atOnce: true });
  else tell("said", { refusal: "page.could_not_answer" });
}

// --- what became of it ---------------------------------------------------------------------------------------

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// `progress`: "never-arrived", "under-way" or "recorded"; "silent" where nobody says. `wait_s`: until its turn.
/** @param {string} name @returns {Promise<{ progress: string, wait_s?: number }>} */
async function asked(name) {
  try {
    const answer = await post("submission", params({ key: read(name) }), AbortSignal.timeout(ASK_MS));
    if (answer.ok) return await answer.json();
  } catch {
    // as below
  }
  return { progress: "silent" };
}

// Asks until it is certain, after `first` milliseconds; gives nothing when the round ended before that.
/** @param {string} name @param {number} mine @param {number} first @returns {Promise<string | undefined>} */
async function certain(name, mine, first) {
  let wait = first;
  for (let last = "", times = 0; ; ) {
    await pause(wait);
    if (mine !== round) return undefined;
    const { progress: found, wait_s: seconds } = await asked(name);
    if (mine !== round) return undefined;
    times = found === last ? times + 1 : 1;
    last = found;
    wait = EVERY_MS;
    if (found === "under-way") {
      if (!submission.sending) setSending({ name, since: Date.now() });
      tell("said", { notice: seconds ? "page.waits_for_turn" : "page.submission_under_way", seconds });
    } else if (times >= CERTAIN) return found;
  }
}

/** @type {Record<string, { refusal?: string, notice?: string }>} */
const SAID = {
  recorded: { notice: "page.answer_lost" },
  "never-arrived": { refusal: "page.never_arrived" },
  silent: { refusal: "page.not_known_yet" },
};

/** @param {string} name */
async function findOut(name, { atOnce = false } = {}) {
  round += 1;
  const found = await certain(name, round, atOnce ? 0 : EVERY_MS);
  if (!found) return;
  submission.underWay = false;
  setSending(null);
  tell("said", SAID[found]);
  if (found === "recorded") tell("boardWanted", undefined);
}

// What a reload cut off, with the draft in the form again.
whenRestored(async () => {
  for (const name of unanswered()) {
    round += 1;
    const found = await certain(name, round, 0);
    if (!found) return;
    setSending(null);
    tell("said", found === "never-arrived" ? SAID[found] : {});
    tell("boardWanted", undefined);
  }
});
