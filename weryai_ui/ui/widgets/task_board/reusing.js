// A film goes into the form: as a reference, or as what the next one begins with.
import { tell } from "../../scripts/events.js";
import { handed, learn } from "../../scripts/form.js";
import { comesFrom } from "../../scripts/lineage.js";
import { answerOf, params } from "../../scripts/server.js";
import { say } from "../../scripts/words.js";
import { roleIn, withRole } from "../reference_tray/roles.js";
import { downloadAll } from "./together.js";

/** @type {Record<string, string>} What the end of a film is for in the next request. */
const ROLES = { images: "first_frame", videos: "extend" };

// What the buttons of a card do with its films. `take` shows why something was not done.
/** @param {Widget} widget @param {(answer: { said: string }) => void} take */
export function reusing(widget, take) {
  /** @param {Promise<string>} doing */
  const orSay = async (doing) => {
    const said = await doing;
    if (said) take({ said });
  };
  return {
    fillForm: (/** @type {Values} */ values, /** @type {string} */ from) => fillForm(widget, values, from),
    downloadAll: (/** @type {any} */ card, /** @type {HTMLElement} */ node) => orSay(downloadAll(widget, card, node)),
    useVideo: (/** @type {any} */ card, /** @type {Video} */ video) => orSay(useVideo(widget, card, video)),
    continueFrom: (/** @type {any} */ card, /** @type {Video} */ video) => orSay(continueFrom(widget, card, video)),
    continueLast: (/** @type {any} */ card, /** @type {Video} */ video, /** @type {number} */ seconds) =>
      orSay(continueLast(widget, card, video, seconds)),
  };
}

/** @param {Widget} widget @param {Values} values @param {string} from  the submission that they come from */
function fillForm(widget, values, from) {
  comesFrom(from);
  handed.pending = values;
  widget.trigger("run_again");
  document.getElementById("generate")?.focus();
}

// What is kept here becomes a file of this app: the service's own link may be dead by the time that it is used. Gives
// the reason where it cannot.
/** @param {Widget} widget @param {any} card @param {Video} video @returns {Promise<string>} */
async function useVideo(widget, card, video) {
  const answer = video.copy ? await answerOf(widget.server.use_kept(params({ copy: video.copy }))) : video;
  if (answer?.refused) return answer.refused;
  comesFrom(card.id);
  tell("referenceGiven", { field: "videos", link: answer?.link ?? video.link });
  return "";
}

// The form of a submission, with the last frame of its film as the first frame. Gives the reason where it cannot.
/** @param {Widget} widget @param {any} card @param {Video} video @returns {Promise<string>} */
async function continueFrom(widget, card, video) {
  const asked = widget.server.continue_film(params({ intent: card.id, link: video.link }));
  return goOn(card, "images", await answerOf(asked), say("going_on.done"));
}

// The same with its last seconds, as the video that the next one extends.
/** @param {Widget} widget @param {any} card @param {Video} video @param {number} seconds @returns {Promise<string>} */
async function continueLast(widget, card, video, seconds) {
  const replaces = placeOf(card.form, "videos") + 1;
  const asked = widget.server.continue_seconds(params({ intent: card.id, link: video.link, seconds, replaces }));
  const answer = await answerOf(asked);
  const lasts = Math.round((answer?.duration_s ?? seconds) * 10) / 10;
  return goOn(card, "videos", answer, say("going_on.last_done", { seconds: lasts }));
}

/** @param {any} card @param {string} field @param {any} answer @param {string} what */
function goOn(card, field, answer, what) {
  if (!answer?.link) return answer?.refused ?? say("common.no_answer");
  learn(answer.link, answer);
  tell("formGiven", { values: continued(card.form, answer.link, field), what, from: card.id });
  document.getElementById("generate")?.focus();
  return "";
}

// Where in a field stands what was there for this before; -1 where nothing does.
/** @param {Values} form @param {string} field @returns {number} */
function placeOf(form, field) {
  const { prompt = "", [field]: links = [] } = form;
  const role = ROLES[field];
  return links.findIndex((/** @type {string} */ _, /** @type {number} */ at) => {
    return roleIn(prompt, field, at + 1)?.role === role;
  });
}

// The end takes the place of the one that there was; else it comes last, and the prompt says what it is.
/** @param {Values} form @param {string} link @param {string} [field] @returns {Values} */
export function continued(form, link, field = "images") {
  const { prompt = "", [field]: links = [] } = form;
  const there = placeOf(form, field);
  if (there >= 0) return { ...form, [field]: links.with(there, link) };
  const said = withRole(prompt, prompt.length, field, links.length + 1, ROLES[field]);
  return { ...form, [field]: [...links, link], prompt: said.prompt };
}
