// On a narrow screen the form and the results are two pages; on a wide one they stand side by side.
import { on } from "./events.js";
import { say, speaking } from "./words.js";

const PAGES = ["create", "results"];
let shown = PAGES[0];
let count = 0;

/** @param {string} page */
const tabOf = (page) => document.getElementById(`${page}-tab`);

function draw() {
  document.body.dataset.page = shown;
  for (const page of PAGES) {
    const tab = tabOf(page);
    if (!tab) continue;
    const number = page === "results" && count ? ` ${count}` : "";
    tab.textContent = `${say(`page.${page}_tab`)}${number}`;
    if (page === shown) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}

/** @param {string} page "create" or "results" */
export function showPage(page) {
  if (page === shown) return;
  shown = page;
  draw();
  if (tabOf(page)?.checkVisibility()) scrollTo(0, 0);
}

export function showHistory() {
  showPage("results");
  document.getElementById("history")?.scrollIntoView();
  document.getElementById("history-search")?.focus({ preventScroll: true });
}

export default function start() {
  on("boardChanged", (now) => {
    count = now.count;
    draw();
  });
  on("formGiven", () => showPage("create"));
  document.addEventListener("click", ({ target }) => {
    const page = PAGES.find((each) => target instanceof Element && target.id === `${each}-tab`);
    if (page) showPage(page);
  });
  speaking(draw);
}
