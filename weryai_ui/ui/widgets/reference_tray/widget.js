const $ = (selector) => element.querySelector(selector);
const { make, button } = window.dom;
const studio = window.studio, { mostOf, clip: SECONDS, megabyte: MEGABYTE, uploadBytes } = window.studioData, words = window.words.of("tray");
const FIELDS = Object.keys(window.studioData.mentions);
const EXTENSIONS = { videos: /\.(mp4|mov|m4v|webm|mkv)$/i, audios: /\.(mp3|wav|m4a|aac|ogg|flac)$/i };
const TYPES = { image: "images", video: "videos", audio: "audios" };
const TYPED_INTO = "textarea, input:not([type=file]):not([type=checkbox]):not([type=radio]):not([type=button]), [contenteditable]";
const KILOBYTE = 1000;
const STATES_MS = 400;
const drawn = new Map();     // "field number link facts" -> tile
let undo = null, arriving = [], states = {};

const lists = () => studio.lists(studio.values);
const factsOf = (link) => studio.known[link] ?? {};
const isUpload = (link) => link.startsWith("upload:");
const nameOf = (field, index) => window.words.item(field, index + 1);
const say = window.words.fill;
const seconds = (value) => window.words.say("time.seconds", { seconds: Math.round(value * 10) / 10 });
const weight = (bytes) => (bytes < MEGABYTE ? `${Math.ceil(bytes / KILOBYTE)} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`);
const fileName = (link) => {
  try { const url = new URL(link); return decodeURIComponent(url.pathname.split("/").pop()) || url.host; } catch { return link; }
};

// --- editing: one step, said in words, undone by one submission ---------------------------------------------

function apply(edit, said, undoable = true) {
  const { images, videos, audios, prompt } = studio.values;
  undo = undoable ? { images, videos, audios, prompt } : null;
  const texts = Object.fromEntries(FIELDS.map((field) => [field, edit[field].join("\n")]));
  studio.edit = { prompt: edit.prompt ?? prompt ?? "", ...texts };
  Object.assign(studio.values, studio.edit);   // at once: the next file may arrive before the form has answered
  trigger("edited");
  $(".done span").textContent = said;
  $(".undo").hidden = !undoable;
  draw();
}

function rearrange(field, order, what) {
  const form = { lists: lists(), prompt: studio.values.prompt ?? "" };
  const { lists: next, prompt, changes } = window.studioReferences.rearranged(form, field, order);
  const name = (number) => window.words.item(field, number);
  const said = changes.map(([from, to]) => say(words.renamed, { from: name(from), to: name(to) })).join(", ");
  apply({ ...next, prompt }, said ? `${what} ${say(words.in_prompt, { changes: said })}` : what);
}

function move(field, from, to) {
  const order = lists()[field].map((_, index) => index);
  if (to < 0 || to >= order.length || from === to) return;
  order.splice(to, 0, ...order.splice(from, 1));
  rearrange(field, order, say(words.moved, { item: nameOf(field, from), to: nameOf(field, to) }));
  element.querySelector(`[data-field="${field}"][data-index="${to}"]`)?.focus();
}

function remove(field, gone) {
  const order = lists()[field].map((_, index) => index).filter((index) => index !== gone);
  rearrange(field, order, say(words.removed, { item: nameOf(field, gone) }));
  (element.querySelector(`[data-field="${field}"][data-index="${Math.max(0, gone - 1)}"]`) ?? $(".link")).focus();
}

function append(field, links) {
  const now = lists();
  const first = now[field].length;
  apply({ ...now, [field]: [...now[field], ...links] }, say(words.added, { item: links.map((_, index) => nameOf(field, first + index)).join(", ") }));
}

function replace(field, index, link) {
  const now = lists();
  apply({ ...now, [field]: now[field].map((old, at) => (at === index ? link : old)) }, say(words.cut_done, { item: nameOf(field, index) }));
}

$(".undo").onclick = () => {
  const before = undo, now = studio.values;
  undo = null;
  $(".undo").hidden = true;
  // A form that was filled anew meanwhile is another form; a prompt that was typed on keeps what was typed.
  if (!before || FIELDS.some((field) => (now[field] ?? "") !== studio.edit[field])) return;
  const typedOn = (now.prompt ?? "") !== studio.edit.prompt;
  apply({ ...studio.lists(before), prompt: typedOn ? now.prompt : before.prompt }, words.undone, false);
  (element.querySelector(".item") ?? $(".file")).focus();
};

// --- adding ----------------------------------------------------------------------------------------------

function refuse(text) { $(".refused").append(make("li", "", text)); }

function addLinks() {
  const links = window.studioReferences.piecesOf($(".link").value);
  $(".refused").replaceChildren();
  if (!links.length) return;
  const wrong = links.filter((link) => !/^https?:\/\//i.test(link));
  if (wrong.length) { wrong.forEach((link) => refuse(say(words.not_a_link, { link: link.slice(0, 60) }))); return; }
  const path = (link) => link.split(/[?#]/)[0];
  for (const field of FIELDS) {
    const own = links.filter((link) => (FIELDS.slice(1).find((name) => EXTENSIONS[name].test(path(link))) ?? "images") === field);
    if (own.length) append(field, own);
  }
  $(".link").value = "";
}

// Why a file need not leave at all: it is larger than one of its kind may be. Null when it is not.
function tooLarge(file) {
  const kind = TYPES[file.type.split("/")[0]] ?? FIELDS.find((field) => EXTENSIONS[field]?.test(file.name)) ?? "any";
  if (file.size <= uploadBytes[kind]) return null;
  // Rounded up, so that it never reads as the limit.
  const size = (Math.ceil((file.size * 10) / MEGABYTE) / 10).toFixed(1), limit = uploadBytes[kind] / MEGABYTE;
  return window.words.say("file_size.too_large", { kind: window.words.say(`media_kind.${kind}`), size, limit });
}

// A name that no other file here has: every pasted picture is called image.png.
function freeName(name) {
  const here = [...Object.values(lists()).flat().map((link) => factsOf(link).name ?? ""), ...arriving.map((each) => each.name)];
  const taken = new Set(here.map((each) => each.toLowerCase()));
  const [, stem, ending] = /^(.*?)(\.[^.]*)?$/s.exec(name.toWellFormed?.() ?? name);
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? stem + (ending ?? "") : `${stem} (${number})${ending ?? ""}`;
    if (!taken.has(free.toLowerCase())) return free;
  }
}

async function addFiles(files) {
  $(".refused").replaceChildren();
  const waiting = [];
  for (const file of files) {
    const refused = tooLarge(file);
    if (refused) { refuse(`${file.name}: ${refused}`); continue; }
    waiting.push({ name: freeName(file.name), file, part: 0 });
    arriving.push(waiting.at(-1));
  }
  draw();
  for (const each of waiting) {
    const answer = await studio.upload(each.file, each.name, (part) => { each.part = part; drawArriving(); });
    arriving = arriving.filter((other) => other !== each);
    if (answer.refused) refuse(`${each.name}: ${answer.refused}`);
    else { studio.learn(answer.link, answer); append(answer.kind, [answer.link]); }
    draw();
  }
}

// --- tiles -------------------------------------------------------------------------------------------------

const source = (link) => (isUpload(link) ? (factsOf(link).src ? studio.url(factsOf(link).src) : null) : /^https?:/i.test(link) ? link : null);

function media(tag, link, big) {
  const node = make(tag);
  node.referrerPolicy = "no-referrer";
  if (tag === "img") {
    node.alt = "";
    node.loading = "lazy";
    node.onerror = () => { if (!big) node.replaceWith(words.gone); };
  } else {
    node.preload = "metadata";
    node.controls = big;
    node.muted = !big;
    // A link is measured here, where it plays; the server reads one only where its owner wants that.
    node.onloadedmetadata = () => {
      if (!isUpload(link) && Number.isFinite(node.duration)) studio.learn(link, { duration_s: node.duration });
    };
  }
  const preview = factsOf(link).preview;
  if (big || tag !== "img" || !preview) node.src = source(link);
  else node.src = studio.url(preview);
  if (tag === "video" && preview) node.poster = studio.url(preview);
  return node;
}

function waveform(node, levels) {
  const NS = "http://www.w3.org/2000/svg", svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", `0 0 ${levels.length * 3} 40`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  levels.forEach((level, index) => {
    const bar = document.createElementNS(NS, "rect"), height = Math.max(1.5, level * 40);
    Object.entries({ x: index * 3, y: 20 - height / 2, width: 2, height, rx: 1 }).forEach(([name, value]) => bar.setAttribute(name, value));
    svg.append(bar);
  });
  node.replaceChildren(svg);
}

// The sound's shape, from the bytes of an uploaded file on this origin; a sound behind a link keeps its word.
async function drawSound(node, link) {
  node.textContent = words.sound;
  if (!isUpload(link)) { const probe = media("audio", link, false); probe.hidden = true; node.append(probe); return; }
  try {
    const bytes = await (await fetch(source(link))).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 22050).decodeAudioData(bytes);
    const samples = sound.getChannelData(0), bars = 36, step = Math.max(1, Math.floor(samples.length / bars));
    const levels = Array.from({ length: bars }, (_, bar) => {
      let peak = 0;
      for (let at = bar * step; at < Math.min((bar + 1) * step, samples.length); at += 8) peak = Math.max(peak, Math.abs(samples[at]));
      return peak;
    });
    const top = Math.max(...levels, 0.001);
    waveform(node, levels.map((level) => level / top));
  } catch { /* a format that this browser does not decode */ }
}

function thumb(field, link, name) {
  const node = button("", () => preview(field, link, name), "thumb");
  node.setAttribute("aria-label", say(words.preview, { item: name }));
  if (!source(link)) node.textContent = words.gone;
  else if (field === "audios") drawSound(node, link);
  else node.append(media(field === "images" || factsOf(link).preview ? "img" : "video", link, false));
  return node;
}

function factsLine(field, link) {
  const { duration_s, width, height, size } = factsOf(link), state = states[link];
  const line = make("span", "facts");
  if (state?.failed) { line.textContent = words.upload_failed; line.title = state.failed; line.classList.add("is-wrong"); return line; }
  if (state && !state.done) { line.textContent = say(words.uploading, { part: Math.floor((100 * state.sent) / state.size) }); return line; }
  const clip = field !== "images" && Number.isFinite(duration_s);
  line.textContent = [
    clip ? seconds(duration_s) : "", width && height ? `${width} x ${height}` : "", size ? weight(size) : "",
  ].filter(Boolean).join(" · ") || (field === "images" ? "" : words.not_measured);
  line.classList.toggle("is-wrong", clip && (duration_s < SECONDS.shortest || duration_s > SECONDS.longest));
  return line;
}

// The file itself, under the name by which the programs look for it.
function saver(link, name) {
  const node = make("a", "save", "↓"), label = say(words.save, { item: name });
  Object.assign(node, { href: source(link), download: factsOf(link).name ?? "", title: label });
  node.setAttribute("aria-label", label);
  return node;
}

function tile(field, index, link, last) {
  const name = nameOf(field, index), node = make("li", "item");
  node.tabIndex = 0;
  node.dataset.field = field;
  node.dataset.index = index;
  node.setAttribute("aria-label", `${name}: ${factsOf(link).name ?? fileName(link)}`);
  const about = make("div", "about"), tools = make("div", "tools");
  about.append(make("span", "name", factsOf(link).name ?? fileName(link)), factsLine(field, link));
  about.firstChild.title = about.firstChild.textContent;   // the tile shortens it
  const tool = (text, label, act, off = false) => {
    const node = button(text, act);
    node.setAttribute("aria-label", say(label, { item: name }));
    node.disabled = off;
    tools.append(node);
  };
  tool("‹", words.earlier, () => move(field, index, index - 1), index === 0);
  tool("›", words.later, () => move(field, index, index + 1), last);
  if (field !== "images" && isUpload(link) && source(link)) tool(words.trim, words.trim_label, () => preview(field, link, name, index));
  if (isUpload(link) && source(link)) tools.append(saver(link, name));
  if (states[link]?.failed) tool(words.retry, words.retry_label, () => retry(link));
  tool("×", words.remove, () => remove(field, index));
  const number = make("span", "number", name);
  draggable(number, node);
  node.onkeydown = (event) => {
    if (event.target !== node) return;
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (event.altKey && step) { event.preventDefault(); move(field, index, index + step); }
    else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); remove(field, index); }
    else if (event.key === "Enter") preview(field, link, name);
  };
  node.append(thumb(field, link, name), number, about, tools);
  return node;
}

// One way of dragging for mouse, pen and touch.
function draggable(handle, node) {
  const over = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(`.item[data-field="${node.dataset.field}"]`);
  handle.onpointerdown = (event) => { event.preventDefault(); handle.setPointerCapture(event.pointerId); node.classList.add("is-dragged"); };
  handle.onpointermove = (event) => {
    if (!node.classList.contains("is-dragged")) return;
    element.querySelectorAll(".is-target").forEach((each) => each.classList.remove("is-target"));
    const target = over(event);
    if (target && target !== node) target.classList.add("is-target");
  };
  handle.onpointerup = (event) => {
    node.classList.remove("is-dragged");
    element.querySelectorAll(".is-target").forEach((each) => each.classList.remove("is-target"));
    const target = over(event);
    if (target) move(node.dataset.field, Number(node.dataset.index), Number(target.dataset.index));
  };
  handle.onpointercancel = () => node.classList.remove("is-dragged");
}

// --- a larger look, and the cut ------------------------------------------------------------------------------

function preview(field, link, name, cutAt = null) {
  if (!source(link)) return;
  const dialog = $("dialog"), player = media({ images: "img", videos: "video", audios: "audio" }[field], link, true);
  dialog.setAttribute("aria-label", name);
  if (field === "images") player.alt = name; else player.setAttribute("aria-label", name);
  $(".stage").replaceChildren(player);
  $(".trim-says").textContent = "";
  $(".trim").replaceChildren();
  $(".buttons").replaceChildren(button(words.close, () => dialog.close()));
  if (cutAt !== null) offerCut(field, link, cutAt, player);
  dialog.onclose = () => { if (!dialog.open) $(".stage").replaceChildren(); };
  dialog.showModal();
}

function offerCut(field, link, index, player) {
  const length = factsOf(link).duration_s ?? 0;
  const number = (text, value) => {
    const label = make("label", "", text), input = make("input");
    Object.assign(input, { type: "number", step: "0.1", min: "0", max: String(length), value: String(value) });
    label.append(input);
    return [label, input];
  };
  const [startLabel, start] = number(words.start, 0), [endLabel, end] = number(words.end, Math.floor(Math.min(length, SECONDS.longest) * 10) / 10);
  const here = (input) => button(words.here, () => { input.value = player.currentTime.toFixed(1); });
  $(".trim").append(startLabel, here(start), endLabel, here(end));
  const use = button(words.use_cut, async () => {
    use.disabled = true;
    let answer;
    try { answer = await server.cut_upload(studio.asked({ link, start: Number(start.value), end: Number(end.value) })); } catch { /* below */ }
    use.disabled = false;
    if (!answer || answer.refused) { $(".trim-says").textContent = answer?.refused ?? words.no_answer; return; }
    studio.learn(answer.link, answer);
    $("dialog").close();
    replace(field, index, answer.link);
  });
  $(".buttons").append(use);
}

// --- files on their way to the service -------------------------------------------------------------------------

function retry(link) {
  studio.uploadAgain = link;
  delete states[link];
  trigger("upload_again");
}

async function watchUploads() {
  const links = Object.values(lists()).flat().filter(isUpload);
  if (!links.length) return;
  let answer;
  try { answer = await server.upload_states(studio.asked({ links })); } catch { /* the next look tells */ }
  if (answer) { states = answer.states; draw(); }
  if (studio.underWay) setTimeout(watchUploads, STATES_MS);
}

// --- drawing -----------------------------------------------------------------------------------------------------

function counters() {
  const now = lists();
  return FIELDS.map((field) => {
    const measured = now[field].map((link) => factsOf(link).duration_s).filter(Number.isFinite);
    const total = field !== "images" && measured.length ? `, ${say(words.of_seconds, { sum: Math.round(measured.reduce((a, b) => a + b, 0) * 10) / 10, limit: SECONDS.all })}` : "";
    return `${window.words.say(`label.${field}`)} ${now[field].length}/${mostOf[field]}${total}`;
  }).join(" · ");
}

function drawArriving() {
  const tiles = arriving.map((each) => {
    const node = make("li", "item"), about = make("div", "about");
    about.append(make("span", "name", each.name), make("span", "facts", each.part < 1 ? say(words.arriving, { part: Math.floor(each.part * 100) }) : words.checking));
    node.append(make("div", "thumb", "…"), about);
    return node;
  });
  element.querySelectorAll(".item.is-arriving").forEach((each) => each.remove());
  tiles.forEach((each) => { each.classList.add("is-arriving"); $(".items").append(each); });
}

// Tiles that did not change stay as they are: a sound that plays goes on playing.
function draw() {
  const now = lists(), wanted = [];
  for (const field of FIELDS) {
    now[field].forEach((link, index) => {
      const last = index === now[field].length - 1;
      const key = JSON.stringify([field, index, link, last, factsOf(link), states[link] ?? null]);
      if (!drawn.has(key)) drawn.set(key, tile(field, index, link, last));
      wanted.push([key, drawn.get(key)]);
    });
  }
  const keys = new Set(wanted.map(([key]) => key));
  for (const [key, node] of drawn) if (!keys.has(key)) { node.remove(); drawn.delete(key); }
  wanted.forEach(([, node], index) => { if ($(".items").children[index] !== node) $(".items").insertBefore(node, $(".items").children[index] ?? null); });
  drawArriving();
  $(".counters").textContent = counters();
}

async function describe() {
  const unknown = Object.values(lists()).flat().filter((link) => isUpload(link) && !studio.known[link]);
  if (!unknown.length) return;
  let answer;
  try { answer = await server.describe_uploads(studio.asked({ links: unknown })); } catch { /* asked again with the next change */ }
  Object.entries(answer?.known ?? {}).forEach(([link, facts]) => studio.learn(link, facts));
}

$(".file").accept = "image/*,video/*,audio/*";
$(".file").onchange = (event) => { addFiles(event.target.files); };
$(".add-link").onclick = addLinks;
$(".link").onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); addLinks(); } };
const tray = $(".tray");
tray.ondragover = (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); tray.classList.add("is-over"); } };
tray.ondragleave = () => tray.classList.remove("is-over");
tray.ondrop = (event) => {
  tray.classList.remove("is-over");
  if (event.dataTransfer.files.length) { event.preventDefault(); addFiles(event.dataTransfer.files); }
};
document.addEventListener("paste", (event) => {
  const { files } = event.clipboardData ?? {};
  if (!files?.length) return;
  // Office puts a picture of a text beside it: whoever is typing means the text.
  const typing = event.composedPath()[0]?.closest?.(TYPED_INTO);
  if (typing && event.clipboardData.getData("text/plain")) return;
  event.preventDefault();
  addFiles(files);
});
studio.formListeners.push(() => { draw(); describe(); });
studio.addReference = (field, link) => append(field, [link]);
studio.submitListeners.push(watchUploads);
window.words.speaking(() => {
  $("#tray-title").textContent = words.title;
  $(".hint").textContent = words.hint;
  $(".browse span").textContent = words.browse;
  $(".link").placeholder = words.link_placeholder;
  $(".link").setAttribute("aria-label", words.link_label);
  $(".add-link").textContent = words.add_link;
  $(".undo").textContent = words.undo;
  drawn.forEach((node) => node.remove());
  drawn.clear();
  draw();
});
