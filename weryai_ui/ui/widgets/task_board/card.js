// A card of the board: one submission with its tasks, videos and buttons; and the recorded run of an example.
import { againNode, editCopy, editNode, runAgain } from "../../scripts/copying.js";
import { button, download, make, player } from "../../scripts/dom.js";
import { tell } from "../../scripts/events.js";
import { duration, say, wordsOf } from "../../scripts/words.js";
import { goOnNodes } from "./going_on.js";
import { chargedNode, lostNode } from "./lost.js";
import { nextButtons } from "./next.js";
import { tellNode } from "./telling.js";
import { playTogether } from "./together.js";

const words = wordsOf("board");

/**
 * What the buttons of a card do.
 * @typedef {object} Acts
 * @property {(form: Values, from: string) => void} fillForm
 * @property {(card: any) => void} submitAgain
 * @property {(card: any) => void} forget
 * @property {(card: any) => void} copyAgain
 * @property {(card: any) => void} star
 * @property {(card: any, video: Video) => void} useVideo
 * @property {(card: any, video: Video) => Promise<void>} continueFrom
 * @property {(card: any, video: Video, seconds: number) => Promise<void>} continueLast
 * @property {(card: any, node: HTMLElement) => void} downloadAll
 * @property {(key: string) => void} giveKey
 * @property {(answer: any) => void} take
 */

// Of several each has its own line and its own buttons; how many are ready the card says once.
/** @param {any} task @param {any} card @param {Acts} acts */
function taskNode(task, card, acts) {
  const node = make("li", "task");
  const many = card.tasks.length > 1;
  node.dataset.state = task.state;
  const says = many ? `${task.label}: ${task.says}` : task.says;
  if (task.busy) {
    const waiting = make("div", "pending", says);
    waiting.style.aspectRatio = card.ratio;
    node.append(waiting);
  } else if (!task.videos.length) node.append(make("p", "task-state", says)); // one of several
  for (const video of task.videos) node.append(player(video, task.label));
  if (many && task.videos.length) {
    const row = make("div", "row");
    addVideoButtons(task, card, row, acts);
    node.append(row);
  }
  return node;
}

// Where it stands, and how long that took.
/** @param {string} text @param {HTMLElement} time */
function topNode(text, time) {
  const top = make("div", "top");
  const state = make("span", "state");
  state.append(make("span", "dot"), make("span", "", text));
  top.append(state, time);
  return top;
}

/** @param {any} card */
function timeNode(card) {
  const time = make("span", "time");
  time.dataset.since = card.created_at;
  if (card.ended_at) time.dataset.until = card.ended_at;
  time.dataset.usual = card.usual ?? "";
  return time;
}

/** @param {any} task @param {any} card @param {HTMLElement} row @param {Acts} acts */
function addVideoButtons(task, card, row, acts) {
  const many = card.tasks.length > 1;
  task.videos.forEach((/** @type {Video} */ video, /** @type {number} */ index) => {
    const file = video.file ?? `${card.file}-${task.number}${index ? `-${index + 1}` : ""}.mp4`;
    const use = () => acts.useVideo(card, video);
    row.append(
      download(video, many ? `${words.download} ${task.number}` : words.download, file, card.id),
      button(many ? `${words.use}: ${task.number}` : words.use, use),
      ...goOnNodes(card, task, video, acts),
    );
  });
}

/** @param {any} card @param {Acts} acts */
function starNode(card, acts) {
  const node = button(words.star, () => acts.star(card), "star");
  node.setAttribute("aria-pressed", String(card.starred));
  node.title = words.star_says;
  return node;
}

// A page without the *sharing* widget is one whose owner switched sharing off.
/** @param {any} card @param {HTMLElement} row @param {Acts} acts */
function addKeeping(card, row, acts) {
  const share = () => tell("shareWanted", { intents: [card.id] });
  if (card.shareable && document.getElementById("sharing")) row.append(button(say("share.share"), share, "share"));
  if (card.shareable) row.append(starNode(card, acts));
  if (card.copy_again) row.append(button(say("share.try_again"), () => acts.copyAgain(card)));
}

/** @param {any} card @param {HTMLElement} node  the card, for its videos @param {Acts} acts */
function rowNode(card, node, acts) {
  const row = make("div", "row");
  if (card.tasks.length === 1) addVideoButtons(card.tasks[0], card, row, acts);
  row.append(...nextButtons(card, (form) => acts.fillForm(form, card.id)));
  if (card.tasks.flatMap((/** @type {any} */ task) => task.videos).length > 1) {
    row.append(
      button(words.together, () => playTogether([...node.querySelectorAll("video")])),
      button(words.download_all, () => acts.downloadAll(card, node)),
    );
  }
  addKeeping(card, row, acts);
  row.append(
    button(words.details, () => tell("detailsWanted", { id: card.id }), "details"),
    editNode(() => editCopy(card)),
    card.outcome === "UNKNOWN"
      ? button(words.submit_again, () => acts.submitAgain(card), "risky")
      : againNode(() => runAgain(card)),
  );
  const forgetting = card.busy ? words.stop_watching : words.forget;
  if (card.outcome !== "SENDING" && !card.unsaved) row.append(button(forgetting, () => acts.forget(card), "quiet"));
  return row;
}

// A visitor's own key is in the server's memory only: after a restart it has to be given once more.
/** @param {Acts} acts */
function keyForm(acts) {
  const form = make("form", "row key");
  const key = make("input");
  key.type = "password";
  key.autocomplete = "off";
  key.placeholder = "sk-…";
  key.setAttribute("aria-label", words.key_label);
  form.append(key, make("button", "", words.key_go));
  form.onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    acts.giveKey(key.value);
    key.value = "";
  };
  return form;
}

/** @param {any} card */
const isOneWithoutFilm = ({ tasks }) => tasks.length === 1 && !tasks[0].busy && !tasks[0].videos.length;

// What is said of it: the cause first, in the service's words as well, then what to do, then the charge.
/** @param {any} card @returns {{ kind: string, text: string }[]} */
function linesOf(card) {
  if (!isOneWithoutFilm(card)) return card.says;
  const causes = card.says.filter((/** @type {any} */ line) => line.kind === "cause");
  const rest = card.says.filter((/** @type {any} */ line) => line.kind !== "cause");
  return [...causes, { kind: "service", text: card.tasks[0].says }, ...rest];
}

/** @param {any} card @param {Acts} acts @returns {HTMLElement} */
export function cardNode(card, acts) {
  const node = make("li", `card result-card tone-${card.tone}`);
  node.dataset.intent = card.id;
  node.dataset.outcome = card.outcome;
  const top = topNode(card.state, timeNode(card));
  top.firstChild.after(make("p", "shape", card.shape));
  node.append(top);
  if (card.title) node.append(make("h3", "own-title", card.title));
  if (card.prompt) node.append(make("p", "prompt", card.prompt));
  if (card.note) node.append(make("p", "own-note", card.note));
  const lines = linesOf(card);
  if (lines.length) {
    const says = make("div", "say");
    for (const line of lines) says.append(make("span", line.kind, line.text));
    node.append(says);
  }
  if (card.tasks.length && !isOneWithoutFilm(card)) {
    const list = make("ol", card.tasks.length > 1 ? "tasks many" : "tasks");
    list.append(...card.tasks.map((/** @type {any} */ task) => taskNode(task, card, acts)));
    node.append(list);
  }
  if (card.wants_key) node.append(keyForm(acts));
  if (card.outcome === "UNKNOWN" && !card.unsaved) node.append(lostNode(card, acts.take));
  else if (card.failure && card.outcome === "ACCEPTED" && !card.busy && !card.settled)
    node.append(chargedNode(card, acts.take));
  if (card.busy) node.append(tellNode(card));
  node.append(rowNode(card, node, acts));
  return node;
}

// A few seconds of what comes, and how to come to it.
/** @param {{ id: string, cover: string, video: string }} sample @returns {HTMLElement[]} */
export function emptyNode(sample) {
  const film = player({ url: sample.video, link: "", cover: sample.cover }, words.recorded);
  film.preload = "none";
  const steps = make("ol", "steps");
  for (const step of [words.step_1, words.step_2, words.step_3]) {
    const item = make("li");
    item.append(make("span", "", step));
    steps.append(item);
  }
  const sampled = make("p", "shape sampled", `${words.recorded}: ${say(`example.${sample.id}.title`)}`);
  return [make("p", "empty-title", words.empty_title), film, sampled, steps, make("p", "empty-text", words.empty_text)];
}

/** @param {any} run @param {() => void} close */
export function recordedNode(run, close) {
  const title = say(`example.${run.id}.title`);
  const card = make("article", "card");
  const row = make("div", "row");
  const list = make("ol", run.videos.length > 1 ? "tasks many" : "tasks");
  for (const video of run.videos) {
    const item = make("li", "task");
    item.append(player(video, title));
    list.append(item);
  }
  const together = () => playTogether([...card.querySelectorAll("video")]);
  if (run.videos.length > 1) row.append(button(words.together, together));
  row.append(button(say("common.close"), close, "quiet"), make("span", "shape", run.shape));
  const top = topNode(words.recorded, make("span", "since", duration(run.seconds)));
  top.firstChild.after(make("h3", "", title));
  const look = make("p", "look");
  look.append(make("strong", "", words.look_for), " ", say(`example.${run.id}.look`));
  card.append(top, list, look, row);
  return card;
}
