// The page on paper: the prompt whole, the pictures of the result, and the request. It is made as the browser prints.
import { make } from "../../scripts/dom.js";
import { time } from "../../scripts/exchanges.js";
import { form } from "../../scripts/form.js";
import { say } from "../../scripts/words.js";
import { paneForPaper } from "./panes.js";

// A film as it stands: its own picture until it was begun.
/** @param {HTMLVideoElement} video @returns {HTMLElement[]} */
function still(video) {
  if (video.poster && !video.currentTime)
    return [Object.assign(make("img"), { src: video.poster, alt: "", decoding: "sync" })];
  if (!video.videoWidth) return [];
  const canvas = Object.assign(make("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return [canvas];
}

/** @param {string} [body] */
function promptIn(body) {
  try {
    return JSON.parse(body ?? "").prompt ?? "";
  } catch {
    return form.values.prompt ?? "";
  }
}

// Of the result that is shown; where there is none, of the form.
/** @param {HTMLElement} now @param {any} card */
function sheet(now, card) {
  const node = make("section");
  node.id = "sheet";
  const { pane, isSent } = paneForPaper();
  const recorded = [say("board.recorded"), now.querySelector("h3")?.textContent];
  const about = card ? [card.state, card.shape, time(card.created_at)] : recorded;
  const films = make("div", "films");
  if (isSent) films.append(...[...now.querySelectorAll("video")].flatMap(still));
  node.append(
    make("h1", "", say("page.title")),
    make("p", "about", (isSent ? about : [say("page.not_sent_yet")]).join("  ·  ")),
    films,
    make("h2", "", say("label.prompt")),
    make("p", "prompt", promptIn(pane?.text)),
    make("h2", "", say("common.request")),
    make("p", "about", pane?.facts.join("  ·  ")),
    make("pre", "", pane?.text),
  );
  return node;
}

/** @param {HTMLElement} now  where the result stands @param {() => any} card  its card, where it has one */
export function printable(now, card) {
  const clear = () => document.getElementById("sheet")?.remove();
  addEventListener("beforeprint", () => {
    clear();
    document.body.append(sheet(now, card()));
  });
  addEventListener("afterprint", clear);
}
