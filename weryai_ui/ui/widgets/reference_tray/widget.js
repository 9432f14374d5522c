// The tray: it shows and edits the lines of the three boxes, and holds no list of its own.
import { finder, make, refocus } from "../../scripts/dom.js";
import { on } from "../../scripts/events.js";
import { form, handed, learn } from "../../scripts/form.js";
import { FIELDS, listsOf, rearranged } from "../../scripts/references.js";
import { answerOf, params } from "../../scripts/server.js";
import { submission } from "../../scripts/submission.js";
import { fill, item, say, speaking, wordsOf } from "../../scripts/words.js";
import { linksIn, OFFERED } from "./adding.js";
import { addFiles, drawArriving } from "./arriving.js";
import { drawCounters, isExtra } from "./counting.js";
import { listenForDrops, listenForPastes } from "./dropping.js";
import { Edits } from "./edits.js";
import { fit, fitAll, fitFor, giveUp, stateOf, trim, ungive } from "./fitting.js";
import { look } from "./look.js";
import { factsOf, isUpload } from "./media.js";
import { asking, reachOf } from "./reaching.js";
import { roleIn, withRole } from "./roles.js";
import { tile } from "./tile.js";
import { undoing } from "./undoing.js";

const STATES_MS = 400;
const words = wordsOf("tray");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
/** @type {Map<string, HTMLElement>} */
const drawn = new Map(); // "field number link facts" -> tile
const edits = new Edits();
let drawUndo = () => {};
/** Where a person would write on in a prompt that got a role. */
let written = { prompt: "", end: 0 };
/** @type {Record<string, any>} How far files are on their way to the service, by link. */
let states = {};

const lists = () => listsOf(form.values);
const allLinks = () => Object.values(lists()).flat();

const state = () => ({ lists: lists(), prompt: form.values.prompt ?? "" });

// --- editing: one step, said in words, undone by one press ----------------------------------------------------

/** @param {import("./edits.js").State} next @param {string} said */
function show({ lists: next, prompt }, said) {
  const texts = Object.fromEntries(FIELDS.map((field) => [field, next[field].join("\n")]));
  handed.edit = { prompt, ...texts };
  Object.assign(form.values, handed.edit); // at once: the next file may arrive before the form has answered
  widget.trigger("edited");
  $(".done span").textContent = said;
  draw();
}

// What a person did. What comes of an earlier deed while they went on is no edit of theirs: `change` does it.
/** @param {(lists: Lists) => Lists} change @param {string} said @param {object} deed */
function apply(change, said, deed = edits.begin()) {
  const before = state();
  const after = { ...before, lists: change(before.lists) };
  if (edits.isLast(deed)) edits.note({ before, after, said, deed });
  else edits.landed(change);
  show(after, said);
}

/** @param {string} field @param {number[]} order @param {string} what */
function rearrange(field, order, what) {
  const before = state();
  const { changes, ...after } = rearranged(before, field, order);
  const renamed = changes.map(([from, to]) =>
    fill(words.renamed, { from: item(field, from), to: item(field, /** @type {number} */ (to)) }),
  );
  edits.note({ before, after, said: what, deed: edits.begin() });
  show(after, renamed.length ? `${what} ${fill(words.in_prompt, { changes: renamed.join(", ") })}` : what);
}

/** @param {string} field @param {number} index */
const tileAt = (field, index) => $(`[data-field="${field}"][data-index="${index}"]`);

/** @param {string} field @param {number} from @param {number} to */
function move(field, from, to) {
  const order = lists()[field].map((_, index) => index);
  if (to < 0 || to >= order.length || from === to) return;
  order.splice(to, 0, ...order.splice(from, 1));
  rearrange(field, order, fill(words.moved, { item: item(field, from + 1), to: item(field, to + 1) }));
  tileAt(field, to)?.focus();
}

/** @param {string} field @param {number} gone */
function remove(field, gone) {
  const order = lists()
    [field].map((_, index) => index)
    .filter((index) => index !== gone);
  rearrange(field, order, fill(words.removed, { item: item(field, gone + 1) }));
  (tileAt(field, Math.max(0, gone - 1)) ?? $(".link")).focus();
}

/** @param {string} field @param {string[]} links @param {object} [deed] */
function append(field, links, deed) {
  const names = links.map((_, index) => item(field, lists()[field].length + index + 1));
  const said = fill(words.added, { item: names.join(", ") });
  apply((now) => ({ ...now, [field]: [...now[field], ...links] }), said, deed);
}

// Another file in place of one, wherever that stands by now.
/** @param {string} old @param {Facts & { link: string }} facts @param {string} said @param {object} [deed] */
function exchange(old, facts, said, deed) {
  learn(facts.link, facts);
  const field = FIELDS.find((each) => lists()[each].includes(old));
  if (!field) return;
  const name = item(field, lists()[field].indexOf(old) + 1);
  /** @param {string[]} links */
  const exchanged = (links) => links.map((link, at) => (at === links.indexOf(old) ? facts.link : link));
  apply((now) => ({ ...now, [field]: exchanged(now[field]) }), fill(said, { item: name }), deed);
}

// The prompt says what a reference is for: where one writes just now.
/** @param {string} field @param {number} index @param {string} role */
function give(field, index, role) {
  const before = state();
  const box = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("#field-prompt textarea"));
  const here = written.prompt === before.prompt ? written.end : (box?.selectionEnd ?? before.prompt.length);
  written = withRole(before.prompt, Math.min(here, before.prompt.length), field, index + 1, role);
  const after = { ...before, prompt: written.prompt };
  const given = { item: item(field, index + 1), role: role && say(`role.${field}.${role}`) };
  const said = fill(role ? words.role_given : words.role_gone, given);
  edits.note({ before, after, said, deed: edits.begin() });
  show(after, said);
}

// --- adding ----------------------------------------------------------------------------------------------

/** @param {string} text */
const refuse = (text) => $(".refused").append(make("li", "", text));

function begin() {
  $(".refused").replaceChildren();
  return edits.begin();
}

/** @param {string} text  whether all of it was links */
function addLinks(text) {
  const { refused, lists: found } = linksIn(text);
  const deed = begin();
  refused.forEach(refuse);
  if (refused.length) return false;
  for (const field of FIELDS) if (found[field].length) append(field, found[field], deed);
  return true;
}

function addTypedLinks() {
  if (addLinks($(".link").value)) $(".link").value = "";
}

const names = () => allLinks().map((link) => factsOf(link).name ?? "");
/** @param {Iterable<File>} files */
const addGiven = (files) => addFiles(files, { begin, append, refuse, draw, names, items: () => $(".items") });

/** @param {string} field @param {string} link */
async function reach(field, link) {
  learn(link, { reach: asking() });
  learn(link, { reach: await reachOf(widget, field, link) });
}

// --- files on their way to the service -------------------------------------------------------------------------

/** @param {string} link */
function retry(link) {
  handed.uploadAgain = link;
  delete states[link];
  widget.trigger("upload_again");
}

async function watchUploads() {
  const links = allLinks().filter(isUpload);
  if (!links.length) return;
  const answer = await answerOf(widget.server.upload_states(params({ links })));
  if (answer) {
    states = answer.states;
    draw();
  }
  if (submission.underWay) setTimeout(watchUploads, STATES_MS);
}

// --- drawing -----------------------------------------------------------------------------------------------------

/** @param {import("./tile.js").Place} place */
const open = (place, isCut = false) =>
  look(widget, $, place, isCut ? (facts) => exchange(place.link, facts, words.cut_done) : null);

// Tiles that did not change stay as they are: a sound that plays goes on playing.
function draw() {
  const { lists: now, prompt } = state();
  const held = document.activeElement;
  /** @type {import("./tile.js").Place[]} */
  const unfit = [];
  /** @type {Map<string, HTMLElement>} */
  const wanted = new Map();
  for (const field of FIELDS) {
    now[field].forEach((link, index) => {
      const place = {
        field,
        index,
        link,
        isLast: index === now[field].length - 1,
        state: states[link],
        fitting: stateOf(link),
        role: roleIn(prompt, field, index + 1)?.role ?? "",
        twin: twinOf(now, field, index),
        isExtra: isExtra(field, index),
      };
      if (factsOf(link).fits === false && !stateOf(link)) unfit.push(place);
      const key = JSON.stringify([place, factsOf(link)]);
      wanted.set(
        key,
        drawn.get(key) ?? tile(place, { move, remove, retry, open, fit, giveUp, ungive, trim, give, reach }),
      );
    });
  }
  for (const [key, node] of drawn) if (!wanted.has(key)) node.remove();
  drawn.clear();
  const items = $(".items");
  [...wanted].forEach(([key, node], index) => {
    drawn.set(key, node);
    if (items.children[index] !== node) items.insertBefore(node, items.children[index] ?? null);
  });
  drawArriving(items);
  if (held && held !== document.body && !held.isConnected) refocus(held, items);
  $(".fit-all").hidden = unfit.length < 2;
  $(".fit-all").textContent = fill(words.fit_all, { number: unfit.length });
  $(".fit-all").onclick = () => fitAll(unfit);
  drawCounters($(".counters"), $(".over"), now);
  drawUndo();
}

// What has the same bytes and comes before it, by name.
/** @param {Lists} now @param {string} field @param {number} index */
function twinOf(now, field, index) {
  const links = now[field].slice(0, index);
  const link = now[field][index];
  const { content } = factsOf(link);
  const at = links.findIndex((each) => each === link || (content && factsOf(each).content === content));
  return at < 0 ? "" : item(field, at + 1);
}

async function describe() {
  const unknown = allLinks().filter((link) => isUpload(link) && !form.known[link]);
  if (!unknown.length) return;
  const answer = await answerOf(widget.server.describe_uploads(params({ links: unknown })));
  for (const [link, facts] of Object.entries(answer?.known ?? {})) learn(link, facts);
}

function speak() {
  $("#tray-title").textContent = words.title;
  $(".hint").textContent = words.hint;
  $(".browse span").textContent = words.browse;
  $(".link").placeholder = words.link_placeholder;
  $(".link").setAttribute("aria-label", words.link_label);
  $(".add-link").textContent = words.add_link;
  for (const node of drawn.values()) node.remove();
  drawn.clear();
  draw();
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  drawUndo = undoing(widget, $, edits, state, show);
  fitFor(widget, { exchange, refuse, draw, begin });
  $(".file").accept = OFFERED;
  $(".file").onchange = (/** @type {any} */ event) => addGiven(event.target.files);
  $(".add-link").onclick = addTypedLinks;
  $(".link").onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    addTypedLinks();
  };
  const take = { files: addGiven, links: addLinks };
  listenForDrops($(".tray"), take);
  listenForPastes(take);
  on("formChanged", () => {
    draw();
    describe();
  });
  on("referenceGiven", ({ field, link }) => append(field, [link]));
  on("submitting", watchUploads);
  speaking(speak);
}
