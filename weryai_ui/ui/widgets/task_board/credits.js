// The credits in the heading; where nobody says how many, nothing stands there.
import { form } from "../../scripts/form.js";
import { answerOf, params } from "../../scripts/server.js";
import { fill, wordsOf } from "../../scripts/words.js";

const words = wordsOf("board");
let credited = "";

const account = () => `${form.values["send-to"]} ${form.values.scenario}`;

/** Whether the form goes elsewhere than where the credits were asked for. */
export const isElsewhere = () => account() !== credited;

/** @param {Widget} widget */
export async function showCredits(widget) {
  const { "send-to": sendTo, scenario } = form.values;
  credited = account();
  const answer = await answerOf(widget.server.balance(params({ send_to: sendTo, scenario })));
  const node = document.querySelector(".studio-credits");
  const known = Number.isInteger(answer?.credits) && !isElsewhere();
  if (node) node.textContent = known ? fill(words.credits, { n: answer.credits.toLocaleString() }) : "";
}
