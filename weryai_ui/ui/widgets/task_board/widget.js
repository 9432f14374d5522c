// The board: it asks the server for this visitor's cards, and draws those that changed.
import { asks, asksToForget } from "../../scripts/asking.js";
import { finder, refocus } from "../../scripts/dom.js";
import { on, tell } from "../../scripts/events.js";
import { form, handed, showAllowance } from "../../scripts/form.js";
import { comesFrom } from "../../scripts/lineage.js";
import { answerOf, params, post } from "../../scripts/server.js";
import { submission } from "../../scripts/submission.js";
import { showInTab } from "../../scripts/tab.js";
import { duration, speaking, wordsOf } from "../../scripts/words.js";
import { cardNode, emptyNode, recordedNode } from "./card.js";
import { askTimeline, choose, chosenId, follow, forgetChosen, restore, takePanes, withChosen } from "./chosen.js";
import { isElsewhere, showCredits } from "./credits.js";
import { drawFeed, speakFeed } from "./feed.js";
import { countDown } from "./next.js";
import { showKey, startKey } from "./own_key.js";
import { isTimelineShown, showRecordedPanes, speakPanes, startPanes } from "./panes.js";
import { reusing } from "./reusing.js";
import { printable } from "./sheet.js";
import { isAwaited, tellEnds } from "./telling.js";

const IDLE_MS = 15000;
const UNSEEN_MS = 10000; // a hidden page asks only where somebody wants to be told
const REPORTED_MS = 15000;
const words = wordsOf("board");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
/** @type {any} */
let shownRun = null;
let reported = { text: "", until: 0 }; // what the server answered a person, long enough to be read
let busyMs = 1500; // the server says how often it can be asked
/** @type {{ id: string, json: string, node: HTMLElement } | null} The card that is shown large. */
let large = null;
/** @type {Map<string, string>} Where each submission stands. */
let standings = new Map();
/** @type {{ version: string, cards: any[], plans?: any[] }} */
let board = { version: "", cards: [] };
let timer = 0;
let isOpen = false; // what stands there as the page opens is read and not told
let skew = 0; // seconds that the server's clock is ahead of this one
let isAway = false;
let settled = ""; // the submissions whose cost is known: with another one the credits are others

// --- what the buttons of a card do ---------------------------------------------------------------------------------

// The service has no idempotency key: only a person may decide to risk a second charge.
/** @param {any} card */
async function submitAgain(card) {
  if (await asks(words.submit_again_asks, words.submit_again_yes, card.send_to)) sendAgain(card);
}

/** @param {{ id: string }} card */
function sendAgain({ id }) {
  handed.again = id;
  widget.trigger("submit_again");
}

// When a question fails there is no answer, and the board asks for itself and says why.
/** @param {Promise<any>} question */
async function takeOrRefresh(question) {
  const answer = await answerOf(question);
  if (answer) take(answer);
  else refresh();
}

/** @param {any} card */
async function forget(card) {
  if (!(await asksToForget(card))) return;
  await takeOrRefresh(widget.server.forget(params({ intent: card.id })));
  forgetChosen(card.id);
  draw();
  ($(".chosen .details") ?? document.getElementById("generate")).focus();
}

/** @param {any} card */
const copyAgain = (card) => takeOrRefresh(widget.server.copy_again(params({ intent: card.id })));

/** @param {any} card */
const star = (card) => takeOrRefresh(widget.server.star(params({ intent: card.id, starred: !card.starred })));

/** @param {string} key */
const giveKey = (key) => takeOrRefresh(widget.server.give_key(params({ key })));

const forgetKey = () => takeOrRefresh(widget.server.forget_key(params({})));

// --- drawing -----------------------------------------------------------------------------------------------------

// The recorded run of an example, in the place of the chosen result until the next submission.
/** @param {any} run */
function showRecorded(run) {
  shownRun = run;
  $(".recorded").replaceChildren(...(run ? [recordedNode(run, closeRecorded)] : []));
  if (run) showRecordedPanes(run.panes);
  place();
}

function closeRecorded() {
  showRecorded(null);
  const card = chosenCard();
  if (card) chooseCard(card.id);
  else takePanes({});
}

// Before the first submission a sample shows what comes.
function drawEmpty() {
  const isEmpty = !board.cards.length && !shownRun && !submission.sending;
  $(".empty").hidden = !isEmpty;
  if (!isEmpty) $(".empty").replaceChildren();
  else if (!$(".empty").firstChild) $(".empty").append(...emptyNode(widget.props.sample));
}

/** @param {string} id */
async function chooseCard(id) {
  if (shownRun) showRecorded(null);
  const asked = choose(widget, id);
  place();
  await asked;
  draw();
}

/** @param {string} id */
function chooseFromFeed(id) {
  chooseCard(id);
  $(".now").scrollIntoView({ block: "nearest" });
}

const cards = () => withChosen(board.cards);
const chosenCard = () => (shownRun ? null : (cards().find((card) => card.id === chosenId()) ?? cards()[0] ?? null));

// The chosen card stands large, above what went out and came back; all the newest follow small below.
function place() {
  drawEmpty();
  showLarge(chosenCard());
  drawFeed($(".feed"), cards(), large?.id, chooseFromFeed);
}

function tick() {
  const times = /** @type {NodeListOf<HTMLElement>} */ (widget.element.querySelectorAll(".time"));
  for (const node of times) {
    const { since, until, usual } = node.dataset;
    const text = duration((Number(until) || Date.now() / 1000 + skew) - Number(since));
    node.textContent = until || !usual ? text : `${text} (${usual})`;
  }
  countDown(widget.element, Date.now() / 1000 + skew);
}

// Where a card stands, whatever the language: said when it changes, at once when it is bad news.
/** @param {any} card */
const standingOf = (card) => [card.outcome, ...card.tasks.map((/** @type {any} */ task) => task.state)].join(" ");

function sayStandings() {
  const before = standings;
  standings = new Map(cards().map((card) => [card.id, standingOf(card)]));
  for (const { id, tone, state } of isOpen ? cards() : [])
    if (before.get(id) !== standings.get(id))
      $(["bad", "doubt"].includes(tone) ? ".alarm" : ".said").textContent = state;
}

// A film that was begun stays what it is, whatever changes around it, its own address too: its copy may have come.
/** @param {HTMLElement} old @param {HTMLElement} node */
function keepPlaying(old, node) {
  const begun = [...old.querySelectorAll("video")].filter((video) => video.currentTime > 0 || !video.paused);
  for (const video of node.querySelectorAll("video")) {
    const same = begun.find((each) => each.dataset.link && each.dataset.link === video.dataset.link);
    if (!same) continue;
    same.setAttribute("aria-label", video.getAttribute("aria-label") ?? "");
    video.replaceWith(same);
  }
}

// Only a card that changed is drawn again: a video that plays goes on playing.
/** @param {any} card */
function showLarge(card) {
  const json = JSON.stringify(card);
  if (large?.json === json || !(large || card)) return;
  const held = document.activeElement;
  const acts = { submitAgain, forget, giveKey, copyAgain, star, take, ...reusing(widget, take) };
  const node = card && cardNode(card, acts);
  if (large && large.id === card?.id) keepPlaying(large.node, node);
  $(".chosen").replaceChildren(...(node ? [node] : []));
  large = card && { id: card.id, json, node };
  if (node && held) refocus(held, node);
}

function draw() {
  sayStandings();
  tellEnds(board.cards, isOpen || document.hidden);
  isOpen = true;
  place();
  const chosen = board.cards.find((card) => card.id === chosenId());
  if (chosen) follow(widget, `${chosen.id} ${standingOf(chosen)}`, !chosen.busy);
  showInTab(board.cards);
  tick();
}

// --- the server's answers ------------------------------------------------------------------------------------------

// What a server without its database still knows stands over what the page has.
/** @param {any[]} cards */
function takeBeside(cards) {
  const known = new Set(cards.map((card) => card.id));
  board = { version: "", cards: [...cards, ...board.cards.filter((card) => !known.has(card.id))] };
  draw();
}

/** @param {any} answer */
function take(answer) {
  if (answer?.said) reported = { text: answer.said, until: Date.now() + REPORTED_MS };
  isAway = Boolean(answer?.away);
  const outage = answer ? (answer.away ?? (Date.now() < reported.until ? reported.text : "")) : words.outage;
  if ($(".outage").textContent !== outage) $(".outage").textContent = outage; // said once
  if (!answer) return;
  if (answer.next_ms) busyMs = answer.next_ms;
  if (answer.now) skew = answer.now - Date.now() / 1000;
  if (answer.allowance) showAllowance(answer.allowance);
  if (isAway) takeBeside(answer.cards);
  else if (answer.cards) {
    board = answer;
    showKey(answer.key_kept);
    draw();
    creditsMayBeOthers();
    const { cards, plans = [] } = board;
    tell("boardChanged", { newest: cards[0] ?? null, count: cards.length, skew, plans });
  }
}

function creditsMayBeOthers() {
  const now = board.cards.flatMap((card) => (card.settled ? card.id : [])).join(" ");
  if (now !== settled && form.edits) showCredits(widget);
  settled = now;
}

async function ask() {
  try {
    const answer = await post("board", params({ version: board.version }));
    if (answer.ok) return await answer.json();
    const said = answer.status === 503 ? await answer.json() : {};
    return said.away ? said : undefined;
  } catch {
    return undefined; // next time
  }
}

async function refresh() {
  clearTimeout(timer);
  if (!document.hidden || isAwaited(board.cards)) take(await ask());
  const goesOn =
    isAway || board.cards.some((card) => card.busy || card.copying) || board.plans?.some((plan) => plan.is_running);
  timer = setTimeout(refresh, document.hidden ? UNSEEN_MS : goesOn ? busyMs : IDLE_MS);
}

// The cards are told by the server, in the language that it is asked in.
function speak() {
  $(".empty").replaceChildren();
  speakPanes();
  speakFeed($(".feed"));
  if (isTimelineShown()) askTimeline(widget);
  if (shownRun) showRecorded(shownRun);
  else place();
  board.version = "";
  refresh();
  if (form.edits) showCredits(widget);
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  startPanes($(".panes"));
  startKey(forgetKey);
  printable($(".now"), chosenCard);
  on("formChanged", () => {
    if (isElsewhere()) showCredits(widget);
  });
  on("downloaded", ({ intent, link }) => answerOf(widget.server.downloaded(params({ intent, link }))));
  on("runRecorded", showRecorded);
  on("submitting", () => showRecorded(null));
  on("boardWanted", refresh);
  on("againWanted", sendAgain);
  on("submissionChanged", drawEmpty);
  on("resultChosen", ({ id }) => chooseCard(id));
  on("timelineWanted", () => askTimeline(widget));
  restore();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  setInterval(tick, 1000);
  speaking(speak);
  widget.watch("value", () => {
    const { cards, panes } = widget.props.value ?? {};
    if (panes) takePanes(panes);
    if (panes?.of) comesFrom(""); // sent: the next submission is one of its own
    if (!cards) return;
    take(widget.props.value);
    refresh();
    showCredits(widget);
  });
}
