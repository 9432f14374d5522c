// A film goes into the form: as a reference, or as what the next one begins with.
import { tell } from "../../scripts/events.js";
import { handed, learn } from "../../scripts/form.js";
import { comesFrom } from "../../scripts/lineage.js";
import { answerOf, params } from "../../scripts/server.js";
import { say } from "../../scripts/words.js";
import { roleIn, withRole } from "../reference_tray/roles.js";
import { downloadAll } from "./together.js";

const FIRST = "first_frame";

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
  const answer = await answerOf(asked);
  if (!answer?.link) return answer?.refused ?? say("common.no_answer");
  learn(answer.link, answer);
  tell("formGiven", { values: continued(card.form, answer.link), what: say("going_on.done"), from: card.id });
  document.getElementById("generate")?.focus();
  return "";
}

// The frame takes the place of the first frame that there was; else it comes last, and the prompt says what it is.
/** @param {Values} form @param {string} link @returns {Values} */
export function continued(form, link) {
  const { prompt = "", images = [] } = form;
  const there = images.findIndex((/** @type {string} */ _, /** @type {number} */ at) => {
    return roleIn(prompt, "images", at + 1)?.role === FIRST;
  });
  if (there >= 0) return { ...form, images: images.with(there, link) };
  const said = withRole(prompt, prompt.length, "images", images.length + 1, FIRST);
  return { ...form, images: [...images, link], prompt: said.prompt };
}
