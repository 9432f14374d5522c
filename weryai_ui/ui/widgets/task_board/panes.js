// What went out, what came back and the request as programs, as tabs. Of the form as it stands until something was
// sent, or a result is chosen, and from then on of that, until the form is another.
import { button, copy, finder, make, refocus, saveAsFile } from "../../scripts/dom.js";
import { on, tell } from "../../scripts/events.js";
import { exchangeNode } from "../../scripts/exchanges.js";
import { say, wordsOf } from "../../scripts/words.js";
import { marked } from "./json.js";

/**
 * @typedef {{ language: string, file: string, text: string }} Program
 * @typedef {{ programs: Program[] }} Code
 * @typedef {{ of?: string, request?: Pane, response?: Pane, final?: Pane | null, code?: Code, timeline?: any[] }} Sent
 */

const words = wordsOf("panes");
const NOTHING = { facts: [], text: "" };
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const $ = finder(() => root);
/** @type {HTMLElement} */
let root;
/** @type {Sent} What was sent, or is chosen. */
let sent = {};
/** @type {{ request: Pane | null, code: Code | null }} Of a form that is not sent yet. */
let live = { request: null, code: null };
let language = 0;
let answer = ""; // that is shown where there are two: "response" or "final", or the newest
let drawnCode = "";
let drawnTimeline = "";

/** @returns {HTMLButtonElement[]} */
const tabs = () => [...root.querySelectorAll(".tabs [role=tab]")].map((tab) => /** @type {HTMLButtonElement} */ (tab));

/** @param {HTMLElement} chosen */
function chooseTab(chosen) {
  for (const tab of tabs()) {
    const isChosen = tab === chosen;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    $(`#${tab.getAttribute("aria-controls")}`).hidden = !isChosen;
  }
  if (isTimelineShown()) tell("timelineWanted", undefined);
}

export const isTimelineShown = () => !$("#timeline").hidden;

/** @param {KeyboardEvent} event */
function onTabKey(event) {
  const step = STEPS[/** @type {keyof typeof STEPS} */ (event.key)];
  if (!step) return;
  event.preventDefault();
  const all = tabs();
  const next = all[(all.indexOf(/** @type {any} */ (event.target)) + step + all.length) % all.length];
  chooseTab(next);
  next.focus();
}

/** @param {string} pane @param {Pane} value @param {string} empty */
function drawJson(pane, value, empty) {
  const inside = finder(() => $(pane));
  inside(".facts").textContent = value.facts.join("  ·  ");
  inside(".facts").title = value.facts.join("\n");
  inside("pre").classList.toggle("is-empty", !value.text);
  inside("code").replaceChildren(...(value.text ? marked(value.text, value.wrong) : [empty]));
  inside(".copy").hidden = !value.text;
  inside(".copy").textContent = say("common.copy");
  inside(".copy").onclick = () => copy(value.text, inside(".copy"), inside("code"));
}

const isFinal = () => Boolean(sent.final) && answer !== "response";

function drawAnswers() {
  /** @param {string} name @param {string} text @param {boolean} isChosen */
  const choice = (name, text, isChosen) => {
    const node = button(text, () => {
      answer = name;
      draw();
    });
    node.setAttribute("aria-pressed", String(isChosen));
    return node;
  };
  const held = document.activeElement;
  $(".answers").replaceChildren(
    ...(sent.final ? [choice("response", words.submit, !isFinal()), choice("final", words.final, isFinal())] : []),
  );
  refocus(held, $(".answers"));
}

// Drawn anew only where it is another: who goes through it by Tab keeps their place.
function drawCode() {
  const programs = (live.request ? live.code : sent.code)?.programs ?? [];
  const now = JSON.stringify([words.copy, language, programs]);
  if (now === drawnCode) return;
  drawnCode = now;
  const inside = finder(() => $("#code"));
  $("#code").classList.toggle("is-empty", !programs.length);
  inside(".note").textContent = programs.length ? "" : say("code.empty");
  const shown = programs[Math.min(language, programs.length - 1)];
  const held = document.activeElement;
  inside(".languages").replaceChildren(
    ...programs.map((program, index) => {
      const node = button(say(`code.${program.language}`), () => {
        language = index;
        drawCode();
      });
      node.setAttribute("aria-pressed", String(index === language));
      return node;
    }),
  );
  inside("code").textContent = shown?.text ?? "";
  const copying = button(words.copy, () => copy(shown.text, copying, inside("code")));
  const save = () => saveAsFile(shown.file, shown.text);
  inside(".row").replaceChildren(...(shown ? [copying, button(`${say("code.save")} ${shown.file}`, save)] : []));
  inside("pre").title = say("code.note");
  refocus(held, $("#code"));
}

// Of the chosen result. Exchanges join at the end: what is open stays open.
function drawTimeline() {
  const entries = sent.timeline ?? [];
  const now = JSON.stringify([sent.of, words.timeline_empty, entries]);
  if (now === drawnTimeline) return;
  const isSame = drawnTimeline.startsWith(JSON.stringify([sent.of]).slice(0, -1));
  drawnTimeline = now;
  const place = $("#timeline .exchanges");
  const wasOpen = [...place.children].map((each) => isSame && each.open);
  const held = document.activeElement;
  const at = [...place.children].findIndex((each) => each.contains(held));
  place.replaceChildren(...(entries.length ? entries.map(exchangeNode) : [make("p", "note", words.timeline_empty)]));
  for (const [index, node] of entries.length ? [...place.children].entries() : []) node.open = Boolean(wasOpen[index]);
  if (at >= 0) (place.children[at]?.querySelector("summary") ?? $("#timeline-tab")).focus();
}

function draw() {
  $("#request-json .live").hidden = !live.request;
  drawJson("#request-json", live.request ?? sent.request ?? NOTHING, say("page.request_empty"));
  const shown = (isFinal() ? sent.final : sent.response) ?? NOTHING;
  drawAnswers();
  drawJson("#response-json", shown, say("page.response_empty"));
  $("#response-tab").replaceChildren(say("common.response"), ...statusOf(sent.response));
  drawCode();
  drawTimeline();
}

// "HTTP 200" stands on the tab as well: whether it went well is seen from the others.
/** @param {Pane} [pane] */
function statusOf(pane) {
  const status = pane?.facts.find((fact) => fact.startsWith("HTTP "));
  return status ? [" ", make("span", "status", status.slice("HTTP ".length))] : [];
}

// Shows what was sent, or is chosen, over the form as it stands.
/** @param {Sent} value */
export function showSent(value) {
  if (value.of !== sent.of) answer = "";
  sent = value.timeline || value.of !== sent.of ? value : { ...value, timeline: sent.timeline };
  if (value.request?.text) live = { request: null, code: null }; // else nothing went out, and the form stays what it is
  draw();
}

// The request of what is shown; where nothing was sent, of the form.
export const paneForPaper = () => ({ pane: sent.request ?? live.request, isSent: Boolean(sent.request) });

/** @param {Sent} value  of which the timeline alone is news */
export function showTimeline({ of, timeline }) {
  if (of !== sent.of) return;
  sent = { ...sent, timeline };
  drawTimeline();
}

// The run of an example came back once; what would go out is the form that it filled.
/** @param {Pane[]} panes */
export function showRecordedPanes([request, response]) {
  answer = "";
  sent = { request, response };
  draw();
}

export function speakPanes() {
  $("#request-tab").textContent = say("common.request");
  $("#code-tab").textContent = say("code.title");
  $("#timeline-tab").textContent = words.timeline;
  $(".tabs").setAttribute("aria-label", words.title);
  $(".live").textContent = say("page.not_sent_yet");
  $(".answers").setAttribute("aria-label", say("common.response"));
  $(".languages").setAttribute("aria-label", say("code.title"));
  for (const tab of tabs()) {
    const text = $(`#${tab.getAttribute("aria-controls")} pre[tabindex] > code`)?.parentElement;
    text?.setAttribute("aria-label", tab.id === "response-tab" ? say("common.response") : tab.textContent);
  }
  draw();
}

/** @param {HTMLElement} element */
export function startPanes(element) {
  root = element;
  for (const tab of tabs()) {
    tab.onclick = () => chooseTab(tab);
    tab.onkeydown = onTabKey;
  }
  chooseTab(tabs()[0]);
  on("checked", ({ request, code }) => {
    if (request === undefined) return;
    live = { request, code: code ?? null };
    draw();
  });
  new IntersectionObserver(([seen]) => {
    if (seen.isIntersecting) tell("checkWanted", undefined);
  }).observe($("#code"));
}
