// A tile of the tray: one reference with its number, what is known of it, and its buttons.
import { button, make } from "../../scripts/dom.js";
import { fill, item, say, wordsOf } from "../../scripts/words.js";
import { draggable } from "./dragging.js";
import { factsOf, isUpload, nameOf, sourceOf, thumb } from "./media.js";
import { rolesOf } from "./roles.js";

const KILOBYTE = 1000;
const LITTLE_S = 0.5; // so much of an end nobody misses
const { clip: CLIP, megabyte: MEGABYTE } = studioData;
const words = wordsOf("tray");
/** @type {Record<string, string>} What people call a format, where that is not its extension in capitals. */
const FORMATS = { jpg: "JPEG", jp2: "JPEG 2000", webp: "WebP" };
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * Where a tile stands: its field and place (from 0), its link, whether it is the last of its field, how far the file is
 * on its way to the service, or with being made to fit, its role, the name of an earlier one with the same bytes, and
 * whether it is one too many.
 * @typedef {{ field: string, index: number, link: string, isLast: boolean, state?: any, role: string, twin: string,
 *   isExtra: boolean, fitting?: import("./fitting.js").FitState }} Place
 */

/**
 * What a tile's buttons do.
 * @typedef {object} Acts
 * @property {(field: string, from: number, to: number) => void} move
 * @property {(field: string, index: number) => void} remove
 * @property {(link: string) => void} retry
 * @property {(place: Place, isCut?: boolean) => void} open
 * @property {(place: Place, isWhite?: boolean) => void} fit
 * @property {(place: Place) => void} giveUp
 * @property {(place: Place) => void} ungive
 * @property {(place: Place) => void} trim
 * @property {(field: string, index: number, role: string) => void} give  a role
 * @property {(field: string, link: string) => void} reach
 */

/** @param {number} value */
const seconds = (value) => say("time.seconds", { seconds: Math.round(value * 10) / 10 });
/** @param {number} bytes */
const weight = (bytes) =>
  bytes < MEGABYTE ? `${Math.ceil(bytes / KILOBYTE)} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`;

/** @param {Place} place */
function factsLine({ field, link, state }) {
  const line = make("span", "facts");
  if (state?.failed) {
    line.textContent = words.upload_failed;
    line.title = state.failed;
    line.classList.add("is-wrong");
    return line;
  }
  if (state && !state.done) {
    line.textContent = fill(words.uploading, { part: Math.floor((100 * state.sent) / state.size) });
    return line;
  }
  const { duration_s, width, height, size } = factsOf(link);
  const length = field !== "images" && Number.isFinite(duration_s) ? (duration_s ?? 0) : null;
  const known = [
    length === null ? "" : seconds(length),
    width && height ? `${width} x ${height}` : "",
    size ? weight(size) : "",
  ];
  line.textContent = known.filter(Boolean).join(" · ") || (field === "images" ? "" : words.not_measured);
  line.classList.toggle("is-wrong", length !== null && (length < CLIP.shortest || length > CLIP.longest));
  return line;
}

/** @param {string} extension */
const formatOf = (extension) => FORMATS[extension] ?? extension.toUpperCase();

// What a file was before it was made to fit: "was HEIC, 3.1 MB: now JPEG".
/** @param {Facts} facts */
function wasOf({ given, extension, width, height }) {
  if (!given) return "";
  /** @type {Record<string, string>} */
  const traits = { deep: words.trait_deep, cmyk: words.trait_cmyk };
  const format = fill(traits[given.trait ?? ""] ?? "{format}", { format: formatOf(given.extension) });
  const isResized = (given.width ?? 0) !== (width ?? 0) || (given.height ?? 0) !== (height ?? 0);
  const was = [format, weight(given.size), isResized && given.width ? `${given.width} x ${given.height}` : ""];
  return fill(words.was, { was: was.filter(Boolean).join(", "), now: formatOf(extension ?? "") });
}

// How far a file is with being made to fit.
/** @param {import("./fitting.js").FitState} state */
function partOf({ part, left_s, waits, arrives }) {
  if (arrives) return part < 1 ? fill(words.arriving, { part: Math.floor(part * 100) }) : words.checking;
  if (waits) return words.fit_waits;
  if (left_s === null || left_s === undefined) return words.fitting;
  return fill(words.fit_part, { part: Math.floor(part * 100), seconds: Math.ceil(left_s) });
}

// What the reference is for, as the prompt says it.
/** @param {Place} place @param {string} name @param {Acts} acts */
function roleNode({ field, index, role }, name, acts) {
  const node = make("select", "role");
  node.setAttribute("aria-label", fill(words.role_label, { item: name }));
  node.append(new Option(role ? words.role_none : words.role, ""));
  for (const each of rolesOf(field)) node.append(new Option(say(`role.${field}.${each}`), each));
  node.value = role;
  node.onchange = () => acts.give(field, index, node.value);
  return node;
}

// What was made of the file, what there is to do about it, and the way back.
/** @param {Place} place @param {string} name @param {Acts} acts */
function fittedNode(place, name, acts) {
  const facts = factsOf(place.link);
  const node = make("div", "fitted");
  /** @param {string} text @param {string} label @param {() => void} act */
  const tool = (text, label, act) => {
    const made = button(text, act);
    made.setAttribute("aria-label", fill(label, { item: name }));
    node.append(made);
  };
  if (place.fitting) {
    node.append(make("span", "was", partOf(place.fitting)));
    if (facts.fit_seconds) tool(words.give_up, words.give_up_label, () => acts.giveUp(place));
    return node;
  }
  const was = wasOf(facts);
  if (was) {
    node.append(make("span", "was", was));
    tool(words.ungive, words.ungive_label, () => acts.ungive(place));
  }
  const text = facts.fit_seconds ? fill(words.fit_about, { seconds: facts.fit_seconds }) : words.fit;
  if (facts.fits === false) tool(text, words.fit_label, () => acts.fit(place));
  const over = place.field === "images" ? 0 : (facts.duration_s ?? 0) - CLIP.longest;
  if (facts.fits && over > 0 && over <= LITTLE_S) {
    tool(fill(words.trim_little, { seconds: (Math.ceil(over * 100) / 100).toFixed(2) }), words.trim_label, () =>
      acts.trim(place),
    );
  }
  if (facts.reach) node.append(make("span", facts.reach.good ? "was" : "was is-wrong", facts.reach.text));
  else if (/^https?:/i.test(place.link)) {
    const act = () => acts.reach(place.field, place.link);
    if (studioData.reaches) tool(words.reach, words.reach_label, act);
    else tool(say("opening.ask"), say("opening.label", { item: name }), act);
  }
  if (facts.clear) {
    node.append(make("span", "was", words.clear));
    tool(words.white, words.white_label, () => acts.fit(place, true));
  }
  return node;
}

// The file itself, under the name by which the programs look for it.
/** @param {string} link @param {string} name */
function saver(link, name) {
  const node = make("a", "save", "↓");
  const label = fill(words.save, { item: name });
  Object.assign(node, { href: sourceOf(link), download: factsOf(link).name ?? "", title: label });
  node.setAttribute("aria-label", label);
  return node;
}

/** @param {Place} place @param {string} name @param {Acts} acts */
function toolsNode(place, name, acts) {
  const { field, index, link, isLast, state } = place;
  const tools = make("div", "tools");
  const isFile = isUpload(link) && sourceOf(link);
  /** @param {string} text @param {string} label @param {() => void} act */
  const tool = (text, label, act, isOff = false) => {
    const node = button(text, act);
    node.setAttribute("aria-label", fill(label, { item: name }));
    node.disabled = isOff;
    tools.append(node);
  };
  tool("‹", words.earlier, () => acts.move(field, index, index - 1), index === 0);
  tool("›", words.later, () => acts.move(field, index, index + 1), isLast);
  if (field !== "images" && isFile) tool(words.trim, words.trim_label, () => acts.open(place, true));
  if (isFile) tools.append(saver(link, name));
  if (state?.failed) tool(words.retry, words.retry_label, () => acts.retry(link));
  return tools;
}

/** @param {Place} place @param {string} name @param {Acts} acts */
function removeNode({ field, index }, name, acts) {
  const node = button("×", () => acts.remove(field, index), "remove");
  node.setAttribute("aria-label", fill(words.remove, { item: name }));
  return node;
}

/** @param {Place} place @param {Acts} acts */
export function tile(place, acts) {
  const { field, index, link } = place;
  const name = item(field, index + 1);
  const file = nameOf(link);
  const node = make("li", place.isExtra ? "item is-extra" : "item");
  node.tabIndex = 0;
  node.dataset.field = field;
  node.dataset.index = index;
  node.setAttribute(
    "aria-label",
    [`${name}: ${file}`, ...(place.isExtra ? [words.extra] : [])].join(say("form.comma")),
  );
  const about = make("div", "about");
  about.append(make("span", "name", file), factsLine(place));
  if (place.isExtra) about.append(make("span", "facts is-wrong", words.extra));
  if (place.twin) about.append(make("span", "twin", fill(words.twin, { item: place.twin })));
  about.firstChild.title = file; // the tile shortens it
  const number = make("span", "number", name);
  draggable(node, (to) => acts.move(field, index, to));
  node.onkeydown = (/** @type {KeyboardEvent} */ event) => {
    if (event.target === node) onKey(event, place, acts);
  };
  node.append(
    thumb(field, link, name, () => acts.open(place)),
    number,
    removeNode(place, name, acts),
    about,
    roleNode(place, name, acts),
    fittedNode(place, name, acts),
    toolsNode(place, name, acts),
  );
  return node;
}

/** @param {KeyboardEvent} event @param {Place} place @param {Acts} acts */
function onKey(event, place, acts) {
  const { field, index } = place;
  const step = STEPS[event.key];
  if (event.altKey && step) {
    event.preventDefault();
    acts.move(field, index, index + step);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    acts.remove(field, index);
  } else if (event.key === "Enter") acts.open(place);
}
