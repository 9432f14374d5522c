// Every submission of this visitor, a page at a time.
import { asksToForget } from "../../scripts/asking.js";
import { editCopy, runAgain } from "../../scripts/copying.js";
import { address, button, finder, make, refocus, saveAsFile } from "../../scripts/dom.js";
import { on, tell } from "../../scripts/events.js";
import { time } from "../../scripts/exchanges.js";
import { answerOf, params } from "../../scripts/server.js";
import { ago, say, speaking, wordsOf } from "../../scripts/words.js";
import { choiceNode, drawChosen, renewChosen } from "./choosing.js";
import { compare } from "./comparing.js";
import { body } from "./detail.js";
import { hasToJoin, joined, moveNodes, sayMoved } from "./moving.js";
import { clear, drawNarrowing, narrowed, said } from "./narrowing.js";
import { starNode } from "./picking.js";

const PAGE = 20;
const TYPED_MS = 250; // after the last key a search begins
const HASH = "#result=";
const words = wordsOf("history");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
let asked = 0; // lists: a late answer never replaces a newer one
/** @type {any[]} */
let rows = [];
const place = {
  get widget() {
    return widget;
  },
  bar: () => $(".chosen-row"),
  rows: () => rows,
  reload: () => load(),
};
/** @type {() => HTMLElement | null} */
let openedFrom = () => null;

// When a question fails there is no answer, and the board says why.
/** @param {Promise<any>} question */
async function orBoard(question) {
  const answer = await answerOf(question);
  if (!answer) tell("boardWanted", undefined);
  return answer;
}

/** @param {any} row */
function rowNode(row) {
  const item = make("li");
  const choose = () => {
    tell("resultChosen", { id: row.id });
    show(row.id);
  };
  const open = button("", choose, `tone-${row.tone}`);
  open.dataset.intent = row.id;
  const when = make("span", "when", ago(row.created_at));
  when.title = time(row.created_at);
  open.append(picture(row), nameNode(row), when, make("span", "shape", `${row.state} · ${row.shape}`));
  if (row.starred) when.prepend(starNode(" "));
  if (row.note) open.append(make("span", "own-note", row.note));
  item.append(choiceNode(row, place), open);
  return item;
}

// Its title, where it has one, before its prompt.
/** @param {any} row */
function nameNode(row) {
  const node = make("span", "prompt");
  if (row.title) node.append(make("strong", "", row.title), " ");
  node.append(row.prompt || row.shape);
  return node;
}

// Its film as a small picture; where there is none, where it stands as a dot.
/** @param {any} row */
function picture(row) {
  const place = make("span", "picture");
  if (!row.cover) place.append(make("span", "dot"));
  else {
    const image = make("img");
    Object.assign(image, { src: address(row.cover), alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
    image.onerror = () => place.replaceChildren(make("span", "dot"));
    place.append(image);
  }
  return place;
}

async function load(more = false) {
  const from = more ? rows.length : 0;
  const { id, created_at } = rows[from - 1] ?? {};
  asked += 1;
  const mine = asked;
  const looked = $("#history-search").value;
  const wanted = { ...narrowed(), words: looked, after: { id, created_at } };
  const answer = await orBoard(widget.server.list_history(params(wanted)));
  if (!answer || mine !== asked) return;
  $(".kept").textContent = answer.kept;
  rows = [...rows.slice(0, from), ...answer.rows];
  const held = document.activeElement;
  $(".rows").replaceChildren(...rows.map(rowNode));
  renewChosen(rows, place);
  $(".nothing").hidden = rows.length > 0;
  drawNothing(said(looked));
  $(".foot").replaceChildren(
    ...(answer.rows.length === PAGE ? [button(words.more, () => load(true))] : []),
    ...(rows.length ? [button(words.export, exportAll)] : []),
    ...moveNodes(widget, rows.length > 0),
  );
  if (more) $(".rows").children[from]?.querySelector("button").focus();
  else refocus(held, widget.element);
}

// An empty list says what it was filtered by, and leads out of it.
/** @param {string} what */
function drawNothing(what) {
  if (!what) return $(".nothing").replaceChildren(words.empty);
  const out = button(say("narrowing.clear"), () => {
    $("#history-search").value = "";
    clear($(".filters"), $(".narrowing"), () => load());
  });
  $(".nothing").replaceChildren(make("span", "", say("narrowing.none", { what })), out);
}

async function exportAll() {
  const answer = await orBoard(widget.server.export_history(params({})));
  if (answer) saveAsFile("weryai-history.json", answer.text);
}

/** @param {any} found */
async function forget({ id, busy }) {
  if (!(await asksToForget({ busy }))) return;
  if (!(await orBoard(widget.server.forget_intent(params({ intent: id }))))) return;
  $("dialog").close();
  await load();
  $(".filters button").focus();
  tell("forgotten", { id });
  tell("boardWanted", undefined);
}

/** @param {string} id @param {string} title */
async function setTitle(id, title) {
  if (!(await orBoard(widget.server.set_title(params({ intent: id, title }))))) return;
  await load();
  tell("boardWanted", undefined);
}

/** @param {string} id @param {string} note */
async function setNote(id, note) {
  if (!(await orBoard(widget.server.set_note(params({ intent: id, note }))))) return;
  await load();
  tell("boardWanted", undefined);
}

/** @param {string} id */
async function show(id) {
  const pressed = /** @type {HTMLElement} */ (document.activeElement);
  const place = $(".rows").contains(pressed) ? `.rows [data-intent="${id}"]` : `[data-intent="${id}"] .details`;
  const found = await orBoard(widget.server.open_intent(params({ intent: id })));
  await leaving;
  if (!found?.id) return;
  $("#detail-title").textContent = found.state;
  const again = () => {
    $("dialog").close();
    runAgain(found);
  };
  const edit = () => {
    $("dialog").close();
    editCopy(found);
  };
  $(".body").replaceChildren(
    ...body(found, {
      again,
      edit,
      forget: () => forget(found),
      setTitle: (title) => setTitle(id, title),
      setNote: (note) => setNote(id, note),
      open: show,
    }),
  );
  // The browser gives the focus back where it was, unless that was drawn again meanwhile.
  openedFrom = () => (pressed.isConnected ? null : document.querySelector(place));
  $("dialog").showModal();
  if (location.hash === HASH + id) return;
  // From one to another it stays one step, back to where the first was opened.
  const { history } = globalThis;
  if (location.hash.startsWith(HASH)) history.replaceState(history.state, "", HASH + id);
  else history.pushState({ result: id }, "", HASH + id);
}

// What is open has an address of its own: the browser's Back closes it.
let leaving = Promise.resolve();
function leaveAddress() {
  if (!location.hash.startsWith(HASH)) return;
  if (globalThis.history.state?.result) {
    leaving = new Promise((done) => {
      addEventListener("popstate", () => done(undefined), { once: true });
    });
    globalThis.history.back();
  } else globalThis.history.replaceState(null, "", location.pathname + location.search);
}

function followAddress() {
  if (location.hash.startsWith(HASH)) show(location.hash.slice(HASH.length));
  else if ($("dialog").open) $("dialog").close();
}

function speak() {
  $(".title").textContent = words.title;
  $(".note").textContent = words.note;
  $("#history-search").placeholder = words.search;
  $("#history-search").setAttribute("aria-label", words.search);
  $(".close").textContent = words.close;
  $(".filters").setAttribute("aria-label", words.title);
  drawChosen(place);
  drawNarrowing($(".filters"), $(".narrowing"), () => load());
  load();
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  $(".close").onclick = () => $("dialog").close();
  // A close is told late: by then the next one may be open.
  $("dialog").onclose = () => {
    if ($("dialog").open) return;
    leaveAddress();
    $(".body").replaceChildren();
    openedFrom()?.focus();
  };
  /** @type {ReturnType<typeof setTimeout>} */
  let typed;
  $("#history-search").oninput = () => {
    clearTimeout(typed);
    typed = setTimeout(() => load(), TYPED_MS);
  };
  addEventListener("popstate", followAddress);
  followAddress();
  on("detailsWanted", ({ id }) => show(id));
  on("compareWanted", ({ intents, closed }) => compare(widget, intents, closed, true));
  on("boardChanged", () => {
    if (rows.length <= PAGE) load();
    sayMoved($(".moved")); // once the board has its height
  });
  speaking(speak);
  if (hasToJoin())
    joined(widget).then(() => {
      load();
      tell("boardWanted", undefined);
    });
}
