const $ = (selector) => element.querySelector(selector);
const words = window.words.of("board");
const APART_S = 0.15, BETWEEN_DOWNLOADS_MS = 700;
let shownRun = null;
const IDLE_MS = 15000, TOLD_MS = 15000;
let told = { text: "", until: 0 };   // what the server answered a person, long enough to be read
let busyMs = 1500;           // the server says how often it can be asked
const drawn = new Map();   // card id -> { json, node, stand }
let board = { visitor: "", version: "", cards: [] };
let timer = 0;

const { make, button, player, download, spoken, refocus } = window.dom;

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
  task.videos.forEach((video) => node.append(player(video, task.label)));
  return node;
}

// Where it stands, and how long that took.
function topNode(text, time) {
  const top = make("div", "top"), state = make("span", "state");
  state.append(make("span", "dot"), make("span", "", text));
  top.append(state, time);
  return top;
}

function cardNode(card) {
  const node = make("li", `card tone-${card.tone}`);
  node.dataset.intent = card.id;
  node.dataset.outcome = card.outcome;
  const time = make("span", "time");
  time.dataset.since = card.created_at;
  if (card.ended_at) time.dataset.until = card.ended_at;
  time.dataset.usual = card.usual ?? "";
  node.append(topNode(card.state, time));
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
  if (card.without_sound) row.append(button(words.without_sound, () => fillForm({ ...card.form, generate_audio: "false" }), "helps"));
  const videos = card.tasks.flatMap((task) => task.videos);
  if (videos.length > 1) {
    row.append(
      button(words.together, () => together([...node.querySelectorAll("video")])),
      button(words.download_all, () => downloadAll([...row.querySelectorAll("a[download]")])),
    );
  }
  row.append(button(words.details, () => window.studio.open(card.id), "details"));
  row.append(button(words.again, () => fillForm(card.form)));
  if (card.outcome === "UNKNOWN") row.append(button(words.submit_again, () => submitAgain(card), "risky"));
  if (card.outcome !== "SENDING" && !card.unsaved) row.append(button(card.busy ? words.stop_watching : words.forget, () => forget(card), "quiet"));
  node.append(row);
  return node;
}

function fillForm(form) {
  window.studio.pending = form;
  trigger("run_again");
  document.getElementById("generate").focus();
}

// Several videos as one, to compare: the first leads and is heard, the others follow it. Pressed again, all stop.
function together([lead, ...others]) {
  const all = [lead, ...others];
  const follow = () => others.forEach((other) => { if (Math.abs(other.currentTime - lead.currentTime) > APART_S) other.currentTime = lead.currentTime; });
  if (!lead.paused) { all.forEach((video) => video.pause()); return; }
  if (lead.ended) lead.currentTime = 0;
  others.forEach((other) => { other.muted = true; });
  lead.ontimeupdate = lead.onseeked = follow;
  lead.onpause = () => others.forEach((other) => other.pause());
  follow();
  all.forEach((video) => video.play().catch(() => { /* a link that has died says so itself */ }));
}

// One after the other: a browser takes several downloads at once for a mistake.
function downloadAll(links) {
  links.forEach((link, index) => setTimeout(() => link.click(), index * BETWEEN_DOWNLOADS_MS));
}

// The recorded run of an example, above the visitor's own cards until the next submission.
function showRecorded(run) {
  shownRun = run;
  if (!run) { $(".recorded").replaceChildren(); drawEmpty(); return; }
  const card = make("article", "card"), row = make("div", "row");
  const list = make("ol", run.videos.length > 1 ? "tasks many" : "tasks");
  list.append(...run.videos.map((video) => { const item = make("li", "task"); item.append(player(video, window.words.say(`example.${run.id}.title`))); return item; }));
  if (run.videos.length > 1) row.append(button(words.together, () => together([...card.querySelectorAll("video")])));
  row.append(button(window.words.say("common.close"), () => showRecorded(null), "quiet"));
  card.append(
    topNode(words.recorded, make("span", "since", spoken(run.seconds))), make("h3", "", window.words.say(`example.${run.id}.title`)), make("p", "look", window.words.say(`example.${run.id}.look`)),
    list, make("p", "shape", run.shape), make("p", "shape", words.recorded_note), row,
  );
  $(".recorded").replaceChildren(card);
  drawEmpty();
}

function drawEmpty() { $(".empty").hidden = board.cards.length > 0 || Boolean(shownRun); }

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
    const answer = await orBoard(server.give_key(window.studio.asked({ key: key.value })));
    key.value = "";
    if (answer) take(answer);
  };
  return form;
}

// When a question fails there is no answer, and the board asks for itself and says why.
async function orBoard(question) {
  const answer = await question.catch(() => undefined);
  if (!answer) refresh();
  return answer;
}

async function forget(card) {
  if (!confirm(card.busy ? words.stop_watching_asks : words.forget_asks)) return;
  const answer = await orBoard(server.forget(window.studio.asked({ intent: card.id })));
  if (answer) take(answer);
  ($(".cards .details") ?? document.getElementById("generate")).focus();
}

function tick() {
  element.querySelectorAll(".time").forEach((node) => {
    const until = Number(node.dataset.until) || Date.now() / 1000 + skew;
    const text = spoken(until - Number(node.dataset.since));
    node.textContent = node.dataset.until || !node.dataset.usual ? text : `${text} (${node.dataset.usual})`;
  });
}

// Where a card stands, whatever the language: said when it changes, at once when it is bad news.
const standing = (card) => [card.outcome, ...card.tasks.map((task) => task.state)].join(" ");
let opened = false;   // what stands there as the page opens is read and not told
function tell(card) {
  if (opened) $(["bad", "doubt"].includes(card.tone) ? ".alarm" : ".said").textContent = card.state;
}

// Only cards that changed are drawn again: a video that plays goes on playing.
function draw() {
  const wanted = board.cards.map((card) => {
    const json = JSON.stringify(card);
    const old = drawn.get(card.id);
    if (old?.json === json) return old.node;
    const node = cardNode(card);
    const stand = standing(card), held = document.activeElement;
    if (old) { old.node.replaceWith(node); refocus(held, node); }
    if (old?.stand !== stand) tell(card);
    drawn.set(card.id, { json, node, stand });
    return node;
  });
  opened = true;
  const list = $(".cards");
  wanted.forEach((node, index) => { if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null); });
  while (list.children.length > wanted.length) list.lastChild.remove();
  for (const id of drawn.keys()) if (!board.cards.some((card) => card.id === id)) drawn.delete(id);
  drawEmpty();
  const busy = board.cards.find((card) => card.busy);
  document.title = busy ? `${busy.state} - ${window.words.say("page.title")}` : window.words.say("page.title");
  tick();
}

// What a server without its database still knows stands over what the page has.
function beside(cards) {
  const known = new Set(cards.map((card) => card.id));
  board = { ...board, version: "", cards: [...cards, ...board.cards.filter((card) => !known.has(card.id))] };
  draw();
}

let skew = 0;   // seconds that the server's clock is ahead of this one
let away = false;
function take(answer) {
  if (answer?.said) told = { text: answer.said, until: Date.now() + TOLD_MS };
  away = Boolean(answer?.away);
  const outage = !answer ? words.outage : answer.away ?? (Date.now() < told.until ? told.text : "");
  if ($(".outage").textContent !== outage) $(".outage").textContent = outage;   // said once
  if (!answer) return;
  if (answer.next_ms) busyMs = answer.next_ms;
  if (answer.now) skew = answer.now - Date.now() / 1000;
  if (answer.allowance) window.studio.showAllowance(answer.allowance);
  if (away) beside(answer.cards);
  else if (answer.cards) { board = answer; draw(); window.studio.boardChanged?.(); }
}

async function ask(asked) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(window.studio.url("board"), { method: "POST", headers, body: JSON.stringify(asked) });
  if (answer.ok) return answer.json();
  const said = answer.status === 503 ? await answer.json() : {};
  return said.away ? said : undefined;
}

async function refresh() {
  clearTimeout(timer);
  if (!document.hidden) {
    let answer;
    try { answer = await ask(window.studio.asked({ version: board.version })); } catch { /* next time */ }
    take(answer);
  }
  timer = setTimeout(refresh, away || board.cards.some((card) => card.busy) ? busyMs : IDLE_MS);
}

// Credits stand in the heading; where nobody says how many, nothing stands there.
let credited = "";
async function credits() {
  const { "send-to": sendTo, scenario } = window.studio.values;
  credited = `${sendTo} ${scenario}`;
  let answer;
  try { answer = await server.balance(window.studio.asked({ send_to: sendTo, scenario })); } catch { /* absent */ }
  const node = document.querySelector(".studio-credits");
  const known = Number.isInteger(answer?.credits) && credited === `${window.studio.values["send-to"]} ${window.studio.values.scenario}`;
  if (node) node.textContent = known ? window.words.fill(words.credits, { n: answer.credits.toLocaleString() }) : "";
}

window.studio.downloaded = (intent, link) => {
  server.downloaded(window.studio.asked({ intent, link })).catch(() => { /* only the timeline is poorer */ });
};
window.studio.formListeners.push((values) => { if (`${values["send-to"]} ${values.scenario}` !== credited) credits(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(tick, 1000);
// The cards are told by the server, in the language that it is asked in.
window.words.speaking(() => {
  $(".empty-title").textContent = words.empty_title;
  $(".steps").replaceChildren(...[words.step_1, words.step_2, words.step_3].map((step) => {
    const item = make("li");
    item.append(make("span", "", step));
    return item;
  }));
  $(".empty-text").textContent = words.empty_text;
  showRecorded(shownRun);
  board.version = "";
  refresh();
  if (window.studio.edits) credits();
});
watch("value", () => { if (props.value?.cards) { take(props.value); refresh(); credits(); } });
window.studio.showRecorded = showRecorded;
window.studio.submitListeners.push(() => showRecorded(null));
window.studio.refreshBoard = refresh;
