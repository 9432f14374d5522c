// The bar with the buttons: that a submission is on its way, and how the newest one stands that was seen running here.
import { on } from "./events.js";
import { whenRestored } from "./form.js";
import { showPage } from "./pages.js";
import { submission } from "./submission.js";
import { duration, say, speaking } from "./words.js";

const TICK_MS = 1000;
/** @type {any} */
let newest = null;
let skew = 0;
/** @type {Set<string>} */
const known = new Set(); // submissions that were seen before
let followed = ""; // the submission that the bar speaks of: it was made or running while this page was open

function draw() {
  const bar = document.getElementById("bar-status");
  const generate = document.getElementById("generate");
  if (!bar || !generate) return;
  const isSending = Boolean(submission.sending);
  generate.setAttribute("aria-busy", String(isSending));
  const card = newest?.id === followed ? newest : null;
  bar.hidden = !isSending && !card;
  bar.dataset.tone = isSending ? "busy" : (card?.tone ?? "");
  const since = card && (card.ended_at ?? Date.now() / 1000 + skew) - card.created_at;
  const text = isSending ? say("page.sending") : card ? `${card.state}, ${duration(since)}` : "";
  if (bar.textContent !== text) bar.textContent = text;
}

function showResults() {
  showPage("results");
  document.getElementById("task-board")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

// A press goes to its result, unless the person has gone on typing.
/** @param {any} card */
function follow(card) {
  if (followed === card.id) return;
  followed = card.id;
  if (submission.sending && !document.activeElement?.matches("textarea, input:not([type=radio])")) showPage("results");
}

// What gets the focus, and the end of the page, come to rest above the bar.
const measure = new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--bar", `${Math.ceil(target.getBoundingClientRect().height)}px`);
});

export default function start() {
  whenRestored(() => {
    const bar = document.querySelector(".studio-actions");
    if (bar) measure.observe(bar);
  });
  on("submissionChanged", draw);
  on("boardChanged", (now) => {
    ({ newest, skew } = now);
    if (newest?.busy || (newest && submission.sending && !known.has(newest.id))) follow(newest);
    if (newest) known.add(newest.id);
    draw();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.id === "bar-status") showResults();
  });
  setInterval(() => {
    if (newest?.busy) draw();
  }, TICK_MS);
  speaking(draw);
}
