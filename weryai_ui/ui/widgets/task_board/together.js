// Several videos of one submission at once.
import { answerOf, params } from "../../scripts/server.js";
import { say } from "../../scripts/words.js";
import { saveZip } from "../../scripts/zip.js";

const APART_S = 0.15;
const BETWEEN_DOWNLOADS_MS = 700;

// Several videos as one, to compare: the first leads and is heard, the others follow it. Pressed again, all stop.
/** @param {HTMLVideoElement[]} videos */
export function playTogether(videos) {
  const [lead, ...others] = videos;
  const follow = () => {
    for (const other of others) {
      if (Math.abs(other.currentTime - lead.currentTime) > APART_S) other.currentTime = lead.currentTime;
    }
  };
  if (!lead.paused) {
    for (const video of videos) video.pause();
    return;
  }
  if (lead.ended) lead.currentTime = 0;
  for (const other of others) other.muted = true;
  lead.ontimeupdate = lead.onseeked = follow;
  lead.onpause = () => {
    for (const other of others) other.pause();
  };
  follow();
  for (const video of videos) {
    video.play().catch(() => {
      /* a link that has died says so itself */
    });
  }
}

// One zip where all are kept here. Else one after the other from the service: a browser takes several downloads at once
// for a mistake. Gives the reason where it cannot.
/** @param {Widget} widget @param {any} card @param {HTMLElement} node  the card @returns {Promise<string>} */
export async function downloadAll(widget, card, node) {
  const answer = await answerOf(widget.server.zip_films(params({ intents: [card.id] })));
  if (!answer || answer.refused) return answer?.refused ?? say("common.no_answer");
  if (answer.whole) saveZip([card.id]);
  else {
    const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (node.querySelectorAll("a[download]"));
    links.forEach((link, index) => {
      setTimeout(() => link.click(), index * BETWEEN_DOWNLOADS_MS);
    });
  }
  return "";
}
