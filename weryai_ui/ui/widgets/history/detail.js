// Everything that is known of one submission.
import { againNode, editNode } from "../../scripts/copying.js";
import { button, download, make, player, saveAsFile } from "../../scripts/dom.js";
import { copyButton, exchangeNode, facts, pre, time } from "../../scripts/exchanges.js";
import { say, wordsOf } from "../../scripts/words.js";
import { noteNode } from "./noting.js";

const TITLE_CHARACTERS = 80;
const words = wordsOf("history");

/** @param {string} title @param {{ facts: string[], text: string }} value */
function pane(title, value) {
  const text = pre(value.text);
  text.setAttribute("role", "region");
  text.setAttribute("aria-label", title);
  return [make("h3", "", title), facts(...value.facts), text, copyButton(text)];
}

/** @param {any} found @param {any} task */
function taskNodes(found, task) {
  const said = found.tasks.length > 1 || !task.videos.length;
  /** @param {Video} video */
  const film = (video) => player(video, task.label);
  return [...(said ? [facts(`${task.label}: ${task.says}`)] : []), ...task.videos.map(film)];
}

/** @param {any} found @param {Acts} acts */
function actions(found, { again, edit, forget }) {
  const row = make("div", "row");
  for (const task of found.tasks) {
    const name = found.tasks.length > 1 ? `${words.download} ${task.number}` : words.download;
    for (const video of task.videos)
      row.append(download(video, name, video.file ?? `${found.file}-${task.number}.mp4`, found.id));
  }
  row.append(
    editNode(edit),
    ...(found.outcome === "UNKNOWN" ? [] : [againNode(again)]),
    button(words.export, () => saveAsFile(`${found.file}.json`, found.export)),
    button(words.export_har, () => saveAsFile(`${found.file}.har`, found.har)),
    ...(found.outcome === "SENDING" || found.unsaved
      ? []
      : [button(found.busy ? say("board.stop_watching") : words.forget, forget)]),
  );
  return row;
}

// Kept as it is left, or with Enter.
/** @param {any} found @param {(title: string) => void} setTitle */
function titleNode(found, setTitle) {
  const label = make("label", "titling");
  const field = make("input");
  Object.assign(field, { maxLength: TITLE_CHARACTERS, value: found.title, placeholder: say("titling.hint") });
  field.onchange = () => setTitle(field.value);
  label.append(make("span", "", say("titling.title")), field);
  return label;
}

// What it came from and what came of it, each a way there.
/** @param {any} lineage @param {(id: string) => void} open */
function lineageNode({ parent, children }, open) {
  const list = make("ul", "lineage");
  for (const [key, found] of [
    ["parent", parent ? [parent] : []],
    ["children", children],
  ]) {
    for (const each of found) {
      const item = make("li");
      item.append(
        make("span", "", say(`lineage.${key}`)),
        button(each.name, () => open(each.id)),
      );
      item.append(make("span", "", each.state));
      list.append(item);
    }
  }
  return list.childElementCount ? [list] : [];
}

/** @typedef {{ again: () => void, edit: () => void, forget: () => void, setTitle: (title: string) => void, setNote: (note: string) => void,
 * open: (id: string) => void }} Acts */
/** @param {any} found @param {Acts} acts @returns {HTMLElement[]} */
export function body(found, acts) {
  return [
    ...(found.unsaved ? [] : [titleNode(found, acts.setTitle)]),
    ...(found.unsaved ? [] : [noteNode(found.note, acts.setNote)]),
    make("p", "full", found.prompt),
    facts(time(found.created_at), found.shape),
    ...lineageNode(found.lineage, acts.open),
    ...found.says.map((/** @type {any} */ line) => facts(line.text)),
    ...found.tasks.flatMap((/** @type {any} */ task) => taskNodes(found, task)),
    actions(found, acts),
    ...pane(words.request, found.request),
    ...pane(words.response, found.response),
    make("h3", "", words.timeline),
    ...found.timeline.map(exchangeNode),
  ];
}
