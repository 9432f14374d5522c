// Sharing: a dialog that makes the page of one result or several, and what this visitor shares.
import { asks } from "../../scripts/asking.js";
import { button, copy, finder, make, refocus } from "../../scripts/dom.js";
import { on } from "../../scripts/events.js";
import { answerOf, params, url } from "../../scripts/server.js";
import { fill, speaking, wordsOf } from "../../scripts/words.js";
import { trialIn } from "./trial.js";

const NOTE_CHARACTERS = 500;
const words = wordsOf("share");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
/** @type {string[]} */
let intents = [];
/** @type {any} */
let made = null; // the page that the dialog is about, once it is made
let openedFrom = ""; // finds what opened the dialog, which may have been drawn again since
/** @type {ReturnType<typeof trialIn>} */
let trial;

/** @returns {HTMLTextAreaElement[]} */
const noteFields = () => [...$(".result-notes").querySelectorAll("textarea")];

// Without fields the page keeps the notes that it has.
const notes = () => Object.fromEntries(noteFields().map((field) => [field.dataset.of, field.value]));

const options = () => ({
  title: $(".page-title").value,
  note: $(".page-note").value,
  ...(noteFields().length ? { notes: notes() } : {}),
  shows_prompt: $(".shows-prompt").checked,
  shows_code: $(".shows-code").checked,
  lasts: $(".lasts").value,
});

/** @param {any} answer */
function showWrong(answer) {
  $(".wrong").textContent = answer ? (answer.refused ?? "") : words.no_answer;
  return Boolean(answer) && !answer.refused;
}

async function makeOrChange() {
  const question = made
    ? widget.server.change_share(params({ share: made.id, options: options() }))
    : widget.server.share(params({ intents, options: options() }));
  const answer = await answerOf(question);
  if (!showWrong(answer)) return;
  made = { ...made, ...answer };
  draw();
  drawLasts();
  trial.again(0);
  if (made.path) $("#share-link").focus();
  await list();
}

/** @param {string} id */
async function stop(id) {
  if (!(await asks(words.stop_asks, words.stop))) return;
  const answer = await answerOf(widget.server.stop_sharing(params({ share: id })));
  if (!showWrong(answer)) return;
  $("dialog").close();
  await list();
}

// The link is told once: the server keeps its hash alone, so a page that is changed later has none to show.
function draw() {
  const many = intents.length > 1;
  $("#share-title").textContent = many ? fill(words.title_many, { n: intents.length }) : words.title;
  const link = $("#share-link");
  $(".made").hidden = !made;
  link.hidden = !made?.path;
  link.textContent = link.href = made?.path ? url(made.path) : "";
  const ending = button(words.stop, () => stop(made.id));
  ending.id = "stop-sharing";
  /** @type {HTMLButtonElement} */
  const copying = button(words.copy, () => copy(link.href, copying, link, words.copy));
  $(".link-row").replaceChildren(...(made?.path ? [copying] : []), ending);
  drawEmbed();
  $(".buttons").replaceChildren(
    button(made ? words.change : words.make, makeOrChange, "main"),
    button(words.cancel, () => $("dialog").close()),
  );
}

// Only where the owner named sites, and only with the link.
function drawEmbed() {
  const hosts = made?.path ? (made.embed_hosts ?? []) : [];
  $(".embed").hidden = !hosts.length;
  if (!hosts.length) return;
  const frame = make("iframe"); // it is never put into the page, so that it loads nothing
  const looks = { width: "100%", height: "640", loading: "lazy", allow: "fullscreen", frameborder: "0" };
  const said = { src: url(made.path), title: made.title, ...looks };
  for (const [name, value] of Object.entries(said)) frame.setAttribute(name, value);
  const code = $("#share-embed");
  code.textContent = frame.outerHTML;
  $(".embed-hosts").textContent = fill(words.embed_hosts, { hosts: hosts.join(", ") });
  /** @type {HTMLButtonElement} */
  const copying = button(words.embed, () => copy(code.textContent, copying, code, words.embed));
  $(".link-row").append(copying);
}

// A note for each result, where there are several: named once the server has said which is which.
/** @param {{ intent: string, words: string }[]} results */
function drawNotes(results) {
  const typed = notes(); // what was typed stays, in another language too
  const held = noteFields().indexOf(/** @type {HTMLTextAreaElement} */ (document.activeElement));
  const kept = { ...made?.notes, ...typed };
  const nodes = results.length > 1 ? results.map((each, index) => noteNode(each, index, kept[each.intent])) : [];
  if ($(".result-notes").textContent === nodes.map((node) => node.textContent).join("")) return;
  $(".result-notes").replaceChildren(...nodes);
  noteFields()[held]?.focus();
}

/** @param {{ intent: string, words: string }} result @param {number} index @param {string} [text] */
function noteNode(result, index, text = "") {
  const node = make("label", "wide");
  const field = make("textarea");
  Object.assign(field, { rows: 1, maxLength: NOTE_CHARACTERS, value: text });
  field.dataset.of = result.intent;
  node.append(make("span", "", fill(words.result_note, { n: index + 1, words: result.words })), field);
  return node;
}

/** @param {any} answer */
function takeTrial(answer) {
  if (showWrong(answer)) drawNotes(answer.results);
}

/** @param {string[]} chosen @param {string} from  finds what opened it @param {any} [share] */
function open(chosen, from, share = null) {
  intents = chosen;
  openedFrom = from;
  made = share;
  $(".result-notes").replaceChildren();
  $(".page-title").value = share?.own_title ?? "";
  $(".page-note").value = share?.note ?? "";
  $(".shows-prompt").checked = share?.shows_prompt ?? true;
  $(".shows-code").checked = share?.shows_code ?? false;
  drawLasts();
  $(".wrong").textContent = "";
  draw();
  $("dialog").showModal();
  trial.again(0);
}

// The browser gives the focus back where it was, unless that was drawn again meanwhile.
function closed() {
  if ($("dialog").open) return;
  trial.end();
  const place = /** @type {HTMLElement | null} */ (document.querySelector(openedFrom));
  if (document.activeElement === document.body) (place ?? document.getElementById("generate"))?.focus();
}

/** @param {any} share */
function shareNode(share) {
  const item = make("li");
  item.dataset.share = share.id;
  const says = make("span", "", share.title);
  says.append(make("small", "", share.says));
  const row = make("div", "row");
  row.append(
    button(words.change, () => open(share.intents, `.shares [data-share="${share.id}"] button`, share)),
    button(words.stop, () => stop(share.id)),
  );
  item.append(says, row);
  return item;
}

async function list() {
  const answer = await answerOf(widget.server.list_shares(params({})));
  if (!answer?.shares) return;
  const held = document.activeElement;
  $(".shares").replaceChildren(...answer.shares.map(shareNode));
  if (!$("dialog").open) refocus(held, $(".sharing"));
  $(".sharing").hidden = answer.shares.length === 0;
}

/** @param {[string, string]} choice */
function lastsNode([name, text]) {
  const node = make("option", "", text);
  node.value = name;
  return node;
}

// A page that is changed ends when it did, unless another time is chosen.
function drawLasts() {
  const lasts = { never: words.never, day: words.day, week: words.week, month: words.month };
  $(".lasts").replaceChildren(...Object.entries(made ? { "": words.as_it_is, ...lasts } : lasts).map(lastsNode));
}

function speak() {
  const said = {
    "#sharing-title": words.mine,
    ".open-to-all": words.open_to_all,
    ".for-title": words.page_title,
    ".for-note": words.page_note,
    ".for-prompt": words.shows_prompt,
    ".for-code": words.shows_code,
    ".for-lasts": words.lasts,
    "#share-look": words.look,
  };
  for (const [selector, text] of Object.entries(said)) $(selector).textContent = text;
  drawLasts();
  if ($("dialog").open) {
    draw();
    trial.again(0);
  }
  list();
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  trial = trialIn($(".look"), widget, () => ({ intents, share: made?.id ?? "", options: options() }), takeTrial);
  $(".choices").oninput = () => trial.again();
  $("dialog").onclose = closed;
  on("shareWanted", ({ intents: chosen }) =>
    open(chosen, chosen.length > 1 ? "#share-selected" : `[data-intent="${chosen[0]}"] .share`),
  );
  speaking(speak);
}
