// The newest results as pictures in a row: the one that is shown large is marked, and a press shows another one.
import { address, button, make, refocus } from "../../scripts/dom.js";
import { showHistory } from "../../scripts/pages.js";
import { wordsOf } from "../../scripts/words.js";

const words = wordsOf("board");
/** @type {Map<string, { look: string, node: HTMLElement }>} */
const drawn = new Map();

/** @param {any} card */
function lookOf({ title, prompt, shape, state, tone, busy, created_at, tasks }) {
  const videos = tasks.flatMap((/** @type {any} */ task) => task.videos);
  const cover = videos.find((/** @type {Video} */ video) => video.cover)?.cover ?? "";
  return {
    what: title || prompt || shape,
    state,
    tone,
    since: busy ? created_at : 0,
    cover,
    film: videos[0]?.url ?? "",
    of: videos.length,
  };
}

// The film itself, still, where it has no picture.
/** @param {string} film */
function still(film) {
  const node = make("video");
  Object.assign(node, { preload: "metadata", muted: true, playsInline: true, referrerPolicy: "no-referrer" });
  Object.assign(node, { tabIndex: -1, src: address(film) });
  node.setAttribute("aria-hidden", "true");
  return node;
}

/** @param {ReturnType<typeof lookOf>} look */
function pictureNode({ cover, film, since, of }) {
  const place = make("span", "picture");
  if (since) {
    const time = make("span", "time");
    time.dataset.since = since;
    time.setAttribute("aria-hidden", "true"); // what counts up is not read out
    place.append(time);
  } else if (cover) {
    const image = make("img");
    Object.assign(image, { src: address(cover), alt: "", referrerPolicy: "no-referrer" });
    image.onerror = () => image.replaceWith(still(film));
    place.append(image);
  } else place.append(film ? still(film) : make("span", "dot"));
  if (of > 1) place.append(make("span", "count", `× ${of}`));
  return place;
}

/** @param {string} id @param {ReturnType<typeof lookOf>} look @param {(id: string) => void} choose */
function thumbNode(id, look, choose) {
  const item = make("li");
  const pressed = button("", () => choose(id));
  pressed.dataset.intent = id;
  pressed.dataset.tone = look.tone;
  pressed.title = look.what;
  const stands = make("span", "stands");
  stands.append(make("span", "dot"), make("span", "", look.state));
  pressed.append(pictureNode(look), make("span", "what", look.what), stands);
  item.append(pressed);
  return item;
}

// `chosen`: the one that is shown large. Where it is the only one there is no row.
/** @param {HTMLElement} root @param {any[]} cards @param {string | undefined} chosen @param {(id: string) => void} choose */
export function drawFeed(root, cards, chosen, choose) {
  root.hidden = cards.every((card) => card.id === chosen);
  const held = document.activeElement;
  const before = new Map(drawn);
  drawn.clear();
  for (const card of root.hidden ? [] : cards) {
    const look = JSON.stringify(lookOf(card));
    const old = before.get(card.id);
    const node = old?.look === look ? old.node : thumbNode(card.id, lookOf(card), choose);
    /** @type {HTMLElement} */ (node.firstChild).setAttribute("aria-current", String(card.id === chosen));
    drawn.set(card.id, { look, node });
  }
  const list = /** @type {HTMLElement} */ (root.querySelector(".thumbs"));
  const nodes = [...drawn.values()].map(({ node }) => node);
  if (nodes.length !== list.children.length || nodes.some((node, at) => list.children[at] !== node)) {
    list.replaceChildren(...nodes);
    if (held && !held.isConnected) refocus(held, list);
    else if (held instanceof HTMLElement && list.contains(held)) held.focus({ preventScroll: true });
  }
}

/** @param {HTMLElement} root */
export function speakFeed(root) {
  const all = /** @type {HTMLElement} */ (root.querySelector(".all"));
  /** @type {HTMLElement} */ (root.querySelector("h2")).textContent = words.latest;
  all.textContent = words.all;
  all.onclick = showHistory;
}
