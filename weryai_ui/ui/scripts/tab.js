// What the tab says while another one is looked at: where the newest submission under way stands, by title and icon.
import { say } from "./words.js";

const PLACE = "translate(45 45)"; // of the sign, over a corner of the icon
const PEN = 'fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"';
// By the tone of a card: a colour, and a shape for who sees none.
/** @type {Record<string, string>} */
const SIGNS = {
  busy: '<circle r="17" fill="#b45309"/><path d="M-8 0h.01M0 0h.01M8 0h.01"/>',
  good: '<circle r="17" fill="#15803d"/><path d="M-7.5 .5l5 5.5 9-11"/>',
  bad: '<circle r="17" fill="#b91c1c"/><path d="M-6-6l12 12M6-6l-12 12"/>',
  doubt: '<circle r="17" fill="#6b7280"/><path d="M0-9v10M0 8.5h.01"/>',
};
let followed = ""; // the submission whose end is still to be seen
let shown = "";

/** @param {string} tone */
function drawing(tone) {
  const sign = SIGNS[tone] ? `<g transform="${PLACE}" ${PEN}><circle r="19.5"/>${SIGNS[tone]}</g>` : "";
  return `data:image/svg+xml,${encodeURIComponent(studioData.icon.replace("</svg>", `${sign}</svg>`))}`;
}

// Gradio's page names no icon: the browser looks for one by itself.
function iconLink() {
  const there = document.querySelector("link[rel=icon]");
  if (there) return /** @type {HTMLLinkElement} */ (there);
  const link = document.createElement("link");
  link.rel = "icon";
  document.head.append(link);
  return link;
}

/** @param {string} text @param {string} tone  empty: nothing is under way */
function show(text, tone) {
  document.title = text ? `${text} - ${say("page.title")}` : say("page.title");
  if (tone === shown) return;
  shown = tone;
  iconLink().href = drawing(tone);
}

// An end stays there until somebody is at the page: it may have come while nobody was.
/** @param {any[]} cards  the newest first */
export function showInTab(cards) {
  const busy = cards.find((card) => card.busy);
  if (busy) followed = busy.id;
  const card = busy ?? cards.find((each) => each.id === followed);
  show(card?.state ?? "", card?.tone ?? "");
}

function seen() {
  if (!followed || shown === "busy") return;
  followed = "";
  show("", "");
}
for (const sign of ["pointerdown", "keydown", "focus"]) globalThis.addEventListener(sign, seen);
