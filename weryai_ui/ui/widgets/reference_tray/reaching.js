// Whether a link can be read: the server says so where its owner lets it ask links, else this browser tries to open it.
import { make } from "../../scripts/dom.js";
import { answerOf, params } from "../../scripts/server.js";
import { say, wordsOf } from "../../scripts/words.js";
import { TAGS } from "./media.js";

const OPENS_MS = 20_000;
const words = wordsOf("opening");

/** @typedef {{ good: boolean, text: string }} Reach */

// What is said while it is being found out.
/** @returns {Reach} */
export const asking = () => ({ good: true, text: studioData.reaches ? say("tray.reaching") : words.under_way });

/** @param {Widget} widget @param {string} field @param {string} link @returns {Promise<Reach>} */
export async function reachOf(widget, field, link) {
  const answer = await answerOf(widget.server.reach_link(params({ link })));
  if (!answer) return { good: false, text: words.no_answer };
  if (answer.text) return answer;
  if (!/^https:/i.test(link)) return { good: true, text: words.https_only };
  const good = await opens(TAGS[field], link);
  return { good, text: good ? words.opens : words.opens_not };
}

// Whether an element shows what is there. It stands in a frame of its own, whose requests carry no cookies where the
// browser knows such frames: the service has none either.
/** @param {"img" | "video" | "audio"} tag @param {string} link @returns {Promise<boolean>} */
function opens(tag, link) {
  const frame = make("iframe");
  Object.assign(frame, { credentialless: true, hidden: true });
  document.body.append(frame);
  const node = frame.contentDocument.createElement(tag);
  /** @type {Promise<boolean>} */
  const found = new Promise((done) => {
    setTimeout(() => done(false), OPENS_MS);
    node.onload = node.onloadedmetadata = () => done(true);
    node.onerror = () => done(false);
  });
  Object.assign(node, { referrerPolicy: "no-referrer", preload: "metadata", src: link });
  return found.finally(() => frame.remove());
}
