// "Tell me when it is ready": a notification of the browser's, which is asked for by that press and by nothing else.
import { button, make } from "../../scripts/dom.js";
import { tell } from "../../scripts/events.js";
import { read, write } from "../../scripts/storage.js";
import { say } from "../../scripts/words.js";

const KEPT = "told";
const TITLE_CHARACTERS = 80;

// Submissions that a person wants to hear of, in all tabs and after a reload too.
/** @returns {string[]} */
function wanted() {
  try {
    const kept = JSON.parse(read(KEPT) || "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** @param {string[]} ids */
const keep = (ids) => write(KEPT, ids.length ? JSON.stringify(ids) : "");

/** @param {any[]} cards  whether one of them is to be told of, so that a hidden page asks as well */
export const isAwaited = (cards) => cards.some((card) => card.busy && wanted().includes(card.id));

const isThere = () => "Notification" in globalThis && globalThis.isSecureContext;
let isAsking = false;
let refusesToConstruct = false;

// Why there will be none, in words; empty where there may be one.
/** @param {boolean} isWanted */
function hindrance(isWanted) {
  if (!isThere() || refusesToConstruct) return say("board.tell_unsupported");
  const { permission } = Notification;
  return permission === "denied" || (isWanted && permission === "default" && !isAsking)
    ? say("board.tell_blocked")
    : "";
}

// Browsers of phones have the constructor and refuse to construct. Nothing shows by this: there is no permission yet.
function tryIt() {
  try {
    new Notification("").close();
  } catch {
    refusesToConstruct = true;
  }
}

async function askPermission() {
  if (!isThere() || Notification.permission !== "default") return;
  tryIt();
  if (refusesToConstruct) return;
  isAsking = true;
  await Notification.requestPermission();
  isAsking = false;
}

/** @param {any} card */
function notify(card) {
  const which = (card.prompt || card.shape).slice(0, TITLE_CHARACTERS);
  try {
    const note = new Notification(which, { body: card.state, tag: card.id });
    note.onclick = () => {
      globalThis.focus();
      tell("resultChosen", { id: card.id });
      /** @type {HTMLElement | null} */ (document.querySelector(`[data-intent="${card.id}"] .details`))?.focus();
      note.close();
    };
  } catch {
    /* not allowed any more: the tab says it all the same */
  }
}

// Tells each end that was waited for, once. `isNews`: whether whoever looks has not just opened the page.
/** @param {any[]} cards @param {boolean} isNews */
export function tellEnds(cards, isNews) {
  const ids = wanted();
  if (!ids.length) return;
  const awaited = cards.filter((card) => ids.includes(card.id));
  keep(awaited.filter((card) => card.busy).map((card) => card.id));
  if (isNews) for (const card of awaited) if (!card.busy) notify(card);
}

// On every card, which may have been drawn again since the press.
function drawAll() {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".tell"))) drawTell(node);
}

/** @param {HTMLElement} node */
function drawTell(node) {
  const isWanted = wanted().includes(node.dataset.tell ?? "");
  const [pressed, why] = node.children;
  pressed.setAttribute("aria-pressed", String(isWanted));
  const text = hindrance(isWanted);
  if (why.textContent !== text) why.textContent = text; // said once
}

// The button on a card that is under way, and why it can do no more than the tab's title does.
/** @param {any} card @returns {HTMLElement} */
export function tellNode(card) {
  const node = make("div", "tell");
  node.dataset.tell = card.id;
  const press = async () => {
    const others = wanted().filter((id) => id !== card.id);
    keep(others.length === wanted().length ? [...others, card.id] : others);
    const asked = askPermission();
    drawAll();
    await asked;
    drawAll();
  };
  const why = make("span", "why");
  why.setAttribute("role", "status");
  node.append(button(say("board.tell"), press), why);
  drawTell(node);
  return node;
}
