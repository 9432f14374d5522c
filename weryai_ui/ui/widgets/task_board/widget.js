const $ = (selector) => element.querySelector(selector);
const words = props.words;
const IDLE_MS = 15000, TOLD_MS = 15000;
let told = { text: "", until: 0 };   // what the server answered a person, long enough to be read
let busyMs = 1500;           // the server says how often it can be asked
const drawn = new Map();   // card id -> { json, node }
let board = { visitor: "", stamp: "", cards: [] };
let timer = 0;

const { make, button, player, download, spoken } = window.dom;

function taskNode(task, card) {
  const node = make("li", "task");
  node.dataset.state = task.state;
  if (card.tasks.length > 1) node.append(make("p", "task-state", `${task.label}: ${task.says}`));
  else if (!task.busy && !task.videos.length) node.append(make("p", "task-state", task.says));
  if (task.busy) {
    const waiting = make("div", "pending", task.says);
    waiting.style.aspectRatio = card.ratio;
    node.append(waiting);
  }
  task.videos.forEach((video) => node.append(player(video)));
  return node;
}

function cardNode(card) {
  const node = make("li", `card tone-${card.tone}`);
  node.dataset.intent = card.id;
  node.dataset.outcome = card.outcome;
  const top = make("div", "top"), state = make("span", "state");
  state.append(make("span", "dot"), make("span", "", card.state));
  const time = make("span", "time");
  time.dataset.since = card.created_at;
  if (card.ended_at) time.dataset.until = card.ended_at;
  time.dataset.usual = card.usual ?? "";
  top.append(state, time);
  node.append(top);
  if (card.prompt) node.append(make("p", "prompt", card.prompt));
  node.append(make("p", "shape", card.shape));
  if (card.says.length) {
    const says = make("div", "say");
    card.says.forEach((line) => says.append(make("span", line.kind, line.text)));
    node.append(says);
  }
  if (card.tasks.length) {
    const list = make("ol", card.tasks.length > 1 ? "tasks many" : "tasks");
    list.append(...card.tasks.map((task) => taskNode(task, card)));
    node.append(list);
  }
  if (card.wants_key) node.append(keyForm());
  const row = make("div", "row");
  card.tasks.forEach((task) => task.videos.forEach((video, index) => {
    const name = card.tasks.length > 1 ? `${words.download} ${task.number}` : words.download;
    row.append(download(video, name, `${card.file}-${task.number}${index ? `-${index + 1}` : ""}.mp4`, card.id));
    const use = card.tasks.length > 1 ? `${words.use}: ${task.number}` : words.use;
    row.append(button(use, () => window.studio.addReference("videos", video.link)));
  }));
  row.append(button(words.details, () => window.studio.open(card.id)));
  row.append(button(words.again, () => fillForm(card.form)));
  if (card.outcome === "UNKNOWN") row.append(button(words.submit_again, () => submitAgain(card), "risky"));
  if (card.outcome !== "SENDING") row.append(button(card.busy ? words.stop_watching : words.forget, () => forget(card), "quiet"));
  node.append(row);
  return node;
}

function fillForm(form) {
  window.studio.pending = form;
  trigger("run_again");
}

// The service has no idempotency key: only a person may decide to risk a second charge.
function submitAgain(card) {
  if (!confirm(words.submit_again_asks)) return;
  window.studio.again = card.id;
  trigger("submit_again");
}

// A visitor's own key is in the server's memory only: after a restart it has to be given once more.
function keyForm() {
  const form = make("form", "row key"), key = make("input");
  key.type = "password";
  key.autocomplete = "off";
  key.placeholder = "sk-…";
  key.setAttribute("aria-label", words.key_label);
  const go = make("button", "", words.key_go);
  form.append(key, go);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const answer = await server.give_key({ visitor: window.studio.visitor(), key: key.value });
    key.value = "";
    take(answer);
  };
  return form;
}

async function forget(card) {
  if (!confirm(card.busy ? words.stop_watching_asks : words.forget_asks)) return;
  take(await server.forget({ visitor: window.studio.visitor(), intent: card.id }));
}

function tick() {
  element.querySelectorAll(".time").forEach((node) => {
    const until = Number(node.dataset.until) || Date.now() / 1000 + skew;
    const text = spoken(until - Number(node.dataset.since));
    node.textContent = node.dataset.until || !node.dataset.usual ? text : `${text} (${node.dataset.usual})`;
  });
}

// Only cards that changed are drawn again: a video that plays goes on playing.
function draw() {
  const wanted = board.cards.map((card) => {
    const json = JSON.stringify(card);
    const old = drawn.get(card.id);
    if (old?.json === json) return old.node;
    const node = cardNode(card);
    if (old) { $(".said").textContent = card.state; old.node.replaceWith(node); }
    drawn.set(card.id, { json, node });
    return node;
  });
  const list = $(".cards");
  wanted.forEach((node, index) => { if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null); });
  while (list.children.length > wanted.length) list.lastChild.remove();
  for (const id of drawn.keys()) if (!board.cards.some((card) => card.id === id)) drawn.delete(id);
  $(".empty").hidden = board.cards.length > 0;
  const busy = board.cards.find((card) => card.busy);
  document.title = busy ? `${busy.state} - ${words.title}` : words.title;
  tick();
}

let skew = 0;   // seconds that the server's clock is ahead of this one
function take(answer) {
  if (answer?.said) told = { text: answer.said, until: Date.now() + TOLD_MS };
  $(".outage").textContent = !answer ? words.outage : Date.now() < told.until ? told.text : "";
  if (!answer) return;
  window.studio.keepVisitor(answer.visitor);
  if (answer.next_ms) busyMs = answer.next_ms;
  if (answer.now) skew = answer.now - Date.now() / 1000;
  if (answer.allowance) window.studio.showAllowance(answer.allowance);
  if (answer.cards) { board = answer; draw(); window.studio.boardChanged?.(); }
}

async function refresh() {
  clearTimeout(timer);
  if (!document.hidden) {
    let answer;
    try { answer = await server.refresh({ visitor: window.studio.visitor(), stamp: board.stamp }); } catch { /* next time */ }
    take(answer);
  }
  timer = setTimeout(refresh, board.cards.some((card) => card.busy) ? busyMs : IDLE_MS);
}

// Credits stand in the heading; where nobody says how many, nothing stands there.
let credited = "";
async function credits() {
  const { "send-to": sendTo, scenario } = window.studio.values;
  credited = `${sendTo} ${scenario}`;
  let answer;
  try { answer = await server.balance({ visitor: window.studio.visitor(), send_to: sendTo, scenario }); } catch { /* absent */ }
  const node = document.querySelector(".studio-credits");
  const known = Number.isInteger(answer?.credits) && credited === `${window.studio.values["send-to"]} ${window.studio.values.scenario}`;
  if (node) node.textContent = known ? words.credits.replace("{n}", answer.credits.toLocaleString()) : "";
}

window.studio.downloaded = (intent, link) => {
  server.downloaded({ visitor: window.studio.visitor(), intent, link }).catch(() => { /* only the timeline is poorer */ });
};
window.studio.formListeners.push((values) => { if (`${values["send-to"]} ${values.scenario}` !== credited) credits(); });
$(".empty-title").textContent = words.empty_title;
$(".empty-text").textContent = words.empty_text;
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(tick, 1000);
watch("value", () => { if (props.value?.cards) { take(props.value); refresh(); credits(); } });
refresh();
window.studio.refreshBoard = refresh;
