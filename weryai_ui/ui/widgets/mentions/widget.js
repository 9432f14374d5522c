// The names of the references as chips, and in a menu at the @ that is typed in the prompt.
import { button, finder, make } from "../../scripts/dom.js";
import { on } from "../../scripts/events.js";
import { form } from "../../scripts/form.js";
import { FIELDS, listsOf, mentionsOf } from "../../scripts/references.js";
import { item, speaking, wordsOf } from "../../scripts/words.js";
import { factsOf, media, nameOf, sourceOf } from "../reference_tray/media.js";
import { placeAt, spotOf } from "./placing.js";

const words = wordsOf("mentions");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
/** @typedef {{ name: string, isNamed: boolean, field: string, link: string }} Named */
/** @type {Named[]} */
let all = [];
/** @type {Named[]} Those that what is typed after the @ is part of. */
let offered = [];
/** @type {Record<string, string>} What stands where there is no picture. */
const SIGNS = { images: "▣", videos: "▶", audios: "♪" };
let chosen = 0;
let typedAt = -1; // the @ in the prompt
let leftAt = -1; // the @ at which somebody did not want it
const MOST_TYPED = 40;
const LEAVING = ["Escape", "ArrowLeft", "ArrowRight", "Home", "End"]; // keys that go away from it

const box = () => /** @type {HTMLTextAreaElement} */ (document.querySelector("#field-prompt textarea"));

// Through the browser's own editing, so that its undo takes it back and Gradio hears of it.
/** @param {string} name */
function insert(name, replacing = 0) {
  const prompt = box();
  prompt.focus();
  const end = prompt.selectionEnd;
  const start = prompt.selectionStart - replacing;
  const spaced = start > 0 && !/\s/.test(prompt.value[start - 1]) ? ` ${name}` : name;
  prompt.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, spaced)) {
    prompt.setRangeText(spaced, start, end, "end");
    prompt.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function close() {
  $(".offer").hidden = true;
  box()?.removeAttribute("aria-activedescendant");
}

function mark() {
  [...$(".offer").children].forEach((each, index) => {
    each.setAttribute("aria-selected", String(index === chosen));
  });
  $(".offer").children[chosen].scrollIntoView({ block: "nearest" });
  box().setAttribute("aria-activedescendant", `mention-${chosen}`);
}

/** @param {string} name */
function take(name) {
  insert(name, box().selectionStart - typedAt);
  close();
}

/** @param {Named} named */
function picture({ field, link }) {
  const node = make("span", "picture", SIGNS[field]);
  node.setAttribute("aria-hidden", "true");
  if (!sourceOf(link) || (field !== "images" && !factsOf(link).preview)) return node;
  const shown = media("img", link, false);
  shown.onerror = () => shown.replaceWith(SIGNS[field]); // there is no room for words
  node.replaceChildren(shown);
  return node;
}

/** @param {Named} named @param {number} index */
function option(named, index) {
  const { name } = named;
  const node = make("li");
  node.append(picture(named), make("span", "name", name), make("span", "file", nameOf(named.link)));
  node.id = `mention-${index}`;
  node.setAttribute("role", "option");
  node.onpointerdown = (/** @type {Event} */ event) => {
    event.preventDefault();
    take(name);
  };
  return node;
}

function place() {
  if (!$(".offer").hidden) placeAt($(".offer"), spotOf(box(), typedAt));
}

/** @param {string} text */
const asTyped = (text) => text.toLowerCase().replaceAll(/\s/g, "");

function offer() {
  const typed = box().value.slice(0, box().selectionStart);
  typedAt = typed.lastIndexOf("@");
  if (typedAt !== leftAt) leftAt = -1;
  const part = typed.slice(typedAt + 1);
  const isPart = typedAt >= 0 && typedAt !== leftAt && part.length <= MOST_TYPED && !/^\s|\n/.test(part);
  offered = isPart ? all.filter(({ name, link }) => asTyped(`${name} ${nameOf(link)}`).includes(asTyped(part))) : [];
  // What is written out whole needs no menu.
  if (!offered.length || offered.some(({ name }) => asTyped(name) === asTyped(part))) return close();
  $(".offer").replaceChildren(...offered.map(option));
  chosen = 0;
  $(".offer").hidden = false;
  place();
  mark();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if ($(".offer").hidden) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    chosen = (chosen + step + offered.length) % offered.length;
    mark();
  } else if (event.key === "Enter" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    take(offered[chosen].name);
  } else if (LEAVING.includes(event.key)) {
    leftAt = typedAt;
    close();
  }
}

function listen() {
  const prompt = box();
  if (!prompt || prompt.dataset.mentions) return;
  prompt.dataset.mentions = "yes";
  prompt.setAttribute("aria-controls", "mentions-offer");
  prompt.addEventListener("keydown", onKey, true);
  prompt.addEventListener("blur", close);
  prompt.addEventListener("pointerdown", close);
  prompt.addEventListener("input", offer);
}

function draw() {
  listen();
  const lists = listsOf(form.values);
  const named = new Set(mentionsOf(form.values.prompt ?? "").map(({ field, number }) => `${field} ${number}`));
  all = FIELDS.flatMap((field) =>
    lists[field].map((link, index) => {
      const isNamed = named.has(`${field} ${index + 1}`);
      return { name: item(field, index + 1), isNamed, field, link };
    }),
  );
  if ($(".chips").dataset.shown === JSON.stringify(all)) return;
  $(".chips").dataset.shown = JSON.stringify(all);
  $(".chips").replaceChildren(
    ...all.map(({ name, isNamed }) => {
      const chip = button(name, () => insert(name), isNamed ? "" : "is-unnamed");
      chip.title = isNamed ? words.named : words.unnamed;
      return chip;
    }),
  );
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  on("formChanged", draw);
  document.addEventListener("scroll", place, { capture: true, passive: true });
  for (const view of [window, visualViewport]) view?.addEventListener("resize", place);
  speaking(() => {
    $(".chips").setAttribute("aria-label", words.label);
    $(".offer").setAttribute("aria-label", words.label);
    if (form.edits) draw();
  });
}
