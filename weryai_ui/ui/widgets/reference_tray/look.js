// A larger look at a reference, and the cut of a clip.
import { button, make } from "../../scripts/dom.js";
import { answerOf, params } from "../../scripts/server.js";
import { item, wordsOf } from "../../scripts/words.js";
import { factsOf, media, sourceOf, TAGS } from "./media.js";

const LONGEST_CUT = studioData.clip.longest;
const words = wordsOf("tray");

/** @typedef {import("./tile.js").Place} Place */

// Opens the dialog; with `replace` it offers the cut, which goes there.
/** @param {Widget} widget @param {(selector: string) => any} $ @param {Place} place
 * @param {((facts: Facts & { link: string }) => void) | null} replace  takes the cut */
export function look(widget, $, { field, index, link }, replace) {
  if (!sourceOf(link)) return;
  const name = item(field, index + 1);
  const dialog = $("dialog");
  const player = media(TAGS[field], link, true);
  dialog.setAttribute("aria-label", name);
  if (field === "images") player.alt = name;
  else player.setAttribute("aria-label", name);
  $(".stage").replaceChildren(player);
  $(".trim-says").textContent = "";
  $(".trim").replaceChildren();
  $(".buttons").replaceChildren(button(words.close, () => dialog.close()));
  if (replace) offerCut(widget, $, link, player, replace);
  dialog.onclose = () => {
    if (!dialog.open) $(".stage").replaceChildren();
  };
  dialog.showModal();
}

/** @param {string} text @param {number} value @param {number} most */
function numberBox(text, value, most) {
  const label = make("label", "", text);
  const input = make("input");
  Object.assign(input, { type: "number", step: "0.1", min: "0", max: String(most), value: String(value) });
  label.append(input);
  return { label, input };
}

/** @param {Widget} widget @param {(selector: string) => any} $ @param {string} link @param {HTMLMediaElement} player
 * @param {(facts: Facts & { link: string }) => void} replace */
function offerCut(widget, $, link, player, replace) {
  const length = factsOf(link).duration_s ?? 0;
  const start = numberBox(words.start, 0, length);
  const end = numberBox(words.end, Math.floor(Math.min(length, LONGEST_CUT) * 10) / 10, length);
  /** @param {HTMLInputElement} input */
  const here = (input) =>
    button(words.here, () => {
      input.value = player.currentTime.toFixed(1);
    });
  $(".trim").append(start.label, here(start.input), end.label, here(end.input));
  const use = button(words.use_cut, async () => {
    use.disabled = true;
    const piece = { link, start: Number(start.input.value), end: Number(end.input.value) };
    const answer = await answerOf(widget.server.cut_upload(params(piece)));
    use.disabled = false;
    if (!answer || answer.refused) {
      $(".trim-says").textContent = answer?.refused ?? words.no_answer;
      return;
    }
    $("dialog").close();
    replace(answer);
  });
  $(".buttons").append(use);
}
