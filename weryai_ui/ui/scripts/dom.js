// Small pieces of page that several widgets make. Text goes in as text, links as properties, never as markup.
import { tell } from "./events.js";
import { url } from "./server.js";
import { say } from "./words.js";

// Looks for parts of a widget. Its template is static, so that what is looked for is there.
/** @param {() => HTMLElement} root @returns {(selector: string) => any} */
export const finder = (root) => (selector) => root().querySelector(selector);

/** @param {string} tag @param {string} [name] @param {string | null} [text] @returns {any} an element of that tag */
export function make(tag, name = "", text = null) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== null && text !== undefined) node.textContent = text;
  return node;
}

/** @param {string} text @param {() => void} act @param {string} [name] @returns {HTMLButtonElement} */
export function button(text, act, name = "") {
  const node = make("button", name, text);
  node.type = "button";
  node.onclick = act;
  return node;
}

// A result of the sandbox is a path on this app's own origin: it then plays through a share link as well.
/** @param {string} link */
export const address = (link) => (/^https?:/.test(link) ? link : url(link));

// Gives the focus that a redrawing took from `held` to what has the same words in `root`, or back where it only moved.
/** @param {any} held @param {HTMLElement} root */
export function refocus(held, root) {
  if (held.isConnected) {
    if (held !== document.activeElement) held.focus();
    return;
  }
  /** @param {any} node */
  const called = (node) => node.dataset.intent ?? node.getAttribute("aria-label") ?? node.textContent;
  const there = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("a, button, input, select, video")]);
  there.find((node) => called(node) === called(held))?.focus();
}

/** @param {Video} video @param {string} label @returns {HTMLVideoElement} */
export function player(video, label) {
  const node = make("video");
  node.setAttribute("aria-label", label);
  node.controls = true;
  node.preload = "metadata";
  node.playsInline = true;
  node.referrerPolicy = "no-referrer";
  if (video.link) node.dataset.link = video.link;
  if (video.cover) node.poster = address(video.cover);
  node.src = address(video.url);
  return node;
}

/** @param {Video} video @param {string} text @param {string} file @param {string} intent */
export function download(video, text, file, intent) {
  const link = make("a", "", text);
  link.onclick = () => tell("downloaded", { intent, link: video.link });
  link.href = address(video.url);
  link.download = file;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

// Copies `text` and says so on the button for a moment; `label` is what else it says. Without a secure context there is
// no clipboard: `shown` is selected.
/** @param {string} text @param {HTMLElement} pressed @param {Node} shown @param {string} [label] */
export async function copy(text, pressed, shown, label) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection()?.selectAllChildren(shown);
    return;
  }
  pressed.textContent = say("common.copied");
  setTimeout(() => {
    pressed.textContent = label ?? say("common.copy");
  }, 1500);
}

/** @param {string} name @param {string} text */
export function saveAsFile(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A drawing of its own, as an element of SVG with these attributes.
/** @param {string} tag @param {Record<string, string | number>} attributes @param {SVGElement[]} [children] */
export function svg(tag, attributes, children = []) {
  const node = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}
