// The page as it will look, before there is one: the server's own document, in a frame where nothing runs.
import { make } from "../../scripts/dom.js";
import { answerOf, params } from "../../scripts/server.js";

const WAIT_MS = 300; // after the last key

/**
 * Shows in `place` what would be shared, as `wanted` says it at the time; `take` hears each answer that is still of use.
 * @param {HTMLElement} place
 * @param {Widget} widget
 * @param {() => object} wanted
 * @param {(answer: any) => void} take
 */
export function trialIn(place, widget, wanted, take) {
  let timer = 0;
  let round = 0; // an answer that was overtaken is of no use

  async function look() {
    round += 1;
    const mine = round;
    const answer = await answerOf(widget.server.preview_share(params(wanted())));
    if (mine !== round) return;
    take(answer);
    if (answer?.html) draw(answer.html);
  }

  /** @param {string} html */
  function draw(html) {
    const frame = place.querySelector("iframe") ?? newFrame();
    if (frame.srcdoc === html) return;
    const top = frame.contentWindow?.scrollY ?? 0;
    frame.onload = () => frame.contentWindow?.scrollTo(0, top);
    frame.srcdoc = html;
  }

  /** @returns {HTMLIFrameElement} */
  function newFrame() {
    const frame = make("iframe");
    frame.setAttribute("sandbox", "allow-same-origin");
    frame.setAttribute("aria-labelledby", "share-look");
    place.append(frame);
    return frame;
  }

  return {
    /** Looks once nothing more was asked for that long. */
    again(wait = WAIT_MS) {
      clearTimeout(timer);
      timer = setTimeout(look, wait);
    },
    end() {
      clearTimeout(timer);
      round += 1;
      place.querySelector("iframe")?.remove();
    },
  };
}
