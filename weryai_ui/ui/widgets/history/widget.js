const $ = (selector) => element.querySelector(selector);
const { make, button, copy, player, download, saveAsFile, refocus } = window.dom;
const words = window.words.of("history");
const PAGE = 20;
let filter = "all", rows = [], openedFrom = () => null;

// When a question fails there is no answer, and the board says why.
async function orBoard(question) {
  const answer = await question.catch(() => undefined);
  if (!answer) window.studio.refreshBoard?.();
  return answer;
}

const time = (seconds) => new Date(seconds * 1000).toLocaleString(document.documentElement.lang);

function rowNode(row) {
  const item = make("li"), open = button("", () => show(row.id), `tone-${row.tone}`);
  open.dataset.intent = row.id;
  open.append(
    make("span", "dot"), make("span", "prompt", row.prompt || row.shape),
    make("span", "when", time(row.created_at)), make("span", "shape", `${row.state} · ${row.shape}`),
  );
  item.append(open);
  return item;
}

async function load(more = false) {
  const from = more ? rows.length : 0;
  const { id, created_at } = rows[from - 1] ?? {};
  const answer = await orBoard(server.list_history(window.studio.asked({ filter, after: { id, created_at } })));
  if (!answer) return;
  $(".kept").textContent = answer.kept;
  rows = [...rows.slice(0, from), ...answer.rows];
  const held = document.activeElement;
  $(".rows").replaceChildren(...rows.map(rowNode));
  $(".nothing").hidden = rows.length > 0;
  $(".foot").replaceChildren(
    ...(answer.rows.length === PAGE ? [button(words.more, () => load(true))] : []),
    ...(rows.length ? [button(words.export, exportAll)] : []),
  );
  if (more) $(".rows").children[from]?.firstChild.focus(); else refocus(held, element);
}

async function exportAll() {
  const answer = await orBoard(server.export_history(window.studio.asked({})));
  if (answer) saveAsFile("weryai-history.json", answer.text);
}

function copyButton(body) {
  const node = button(words.copy, () => copy(body.textContent, node, body));
  return node;
}

function pane(title, value) {
  const text = make("pre", "", value.text);
  text.tabIndex = 0;
  text.setAttribute("role", "region");
  text.setAttribute("aria-label", title);
  return [make("h3", "", title), make("p", "facts", value.facts.join("  ·  ")), text, copyButton(text)];
}

function exchangeNode(each) {
  const node = make("details");
  node.append(make("summary", "", `${time(each.at)} · ${each.title}`), make("p", "facts", [each.line, each.headers, each.repeats].filter(Boolean).join("  ·  ")));
  [each.request, each.response].filter(Boolean).forEach((text) => {
    const body = make("pre", "", text);
    body.tabIndex = 0;
    node.append(body, copyButton(body));
  });
  return node;
}

function actions(found) {
  const row = make("div", "row");
  found.tasks.forEach((task) => task.videos.forEach((video) => {
    const name = found.tasks.length > 1 ? `${words.download} ${task.number}` : words.download;
    row.append(download(video, name, `${found.file}-${task.number}.mp4`, found.id));
  }));
  row.append(
    button(words.again, () => { window.studio.pending = found.form; $("dialog").close(); trigger("run_again"); }),
    button(words.export, () => saveAsFile(`${found.file}.json`, found.export)),
    button(words.export_har, () => saveAsFile(`${found.file}.har`, found.har)),
    ...(found.outcome === "SENDING" || found.unsaved ? [] : [button(words.forget, () => forget(found.id))]),
  );
  return row;
}

async function forget(id) {
  if (!confirm(words.forget_asks)) return;
  if (!(await orBoard(server.forget_intent(window.studio.asked({ intent: id }))))) return;
  $("dialog").close();
  await load();
  $(".filters button").focus();
  window.studio.refreshBoard?.();
}

async function show(id) {
  const pressed = document.activeElement;
  const place = $(".rows").contains(pressed) ? `.rows [data-intent="${id}"]` : `[data-intent="${id}"] .details`;
  const found = await orBoard(server.open_intent(window.studio.asked({ intent: id })));
  if (!found?.id) return;
  $("#detail-title").textContent = found.state;
  $(".body").replaceChildren(
    make("p", "full", found.prompt), make("p", "facts", `${time(found.created_at)}  ·  ${found.shape}`),
    ...found.says.map((line) => make("p", "facts", line.text)),
    ...found.tasks.flatMap((task) => [
      ...(found.tasks.length > 1 || !task.videos.length ? [make("p", "facts", `${task.label}: ${task.says}`)] : []),
      ...task.videos.map((video) => player(video, task.label)),
    ]),
    actions(found),
    ...pane(words.request, found.request), ...pane(words.response, found.response),
    make("h3", "", words.timeline), ...found.timeline.map(exchangeNode),
  );
  // The browser gives the focus back where it was, unless that was drawn again meanwhile.
  openedFrom = () => (pressed.isConnected ? null : document.querySelector(place));
  $("dialog").showModal();
}

$(".close").onclick = () => $("dialog").close();
// A close is told late: by then the next one may be open.
$("dialog").onclose = () => {
  if ($("dialog").open) return;
  $(".body").replaceChildren();
  openedFrom()?.focus();
};
window.words.names("filter").forEach((name) => {
  const chip = button("", () => {
    filter = name;
    element.querySelectorAll(".filters button").forEach((each) => each.setAttribute("aria-pressed", each === chip));
    load();
  });
  chip.dataset.filter = name;
  chip.setAttribute("aria-pressed", name === filter);
  $(".filters").append(chip);
});
window.studio.open = show;
window.studio.boardChanged = () => { if (rows.length <= PAGE) load(); };
window.words.speaking(() => {
  $(".title").textContent = words.title;
  $(".note").textContent = words.note;
  $(".nothing").textContent = words.empty;
  $(".close").textContent = words.close;
  $(".filters").setAttribute("aria-label", words.title);
  element.querySelectorAll(".filters button").forEach((chip) => { chip.textContent = window.words.say(`filter.${chip.dataset.filter}`); });
  load();
});
