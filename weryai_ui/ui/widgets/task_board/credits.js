// The credits in the heading. Nothing stands there where nobody says how many, and none for the sandbox's, which are free.
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
  // The sandbox is asked all the same: what it had before says later what became of a press whose answer was lost.
  const known = Number.isInteger(answer?.credits) && !isElsewhere() && sendTo !== "sandbox";
  if (node) node.textContent = known ? fill(words.credits, { n: answer.credits.toLocaleString() }) : "";
}
