// Plans of variations: where each stands, and what can be done with it. The server sends them, also without this page.
import { asks } from "../../scripts/asking.js";
import { button, finder, make, refocus } from "../../scripts/dom.js";
import { on, tell } from "../../scripts/events.js";
import { secrets } from "../../scripts/fields.js";
import { showPage } from "../../scripts/pages.js";
import { answerOf, params } from "../../scripts/server.js";
import { say } from "../../scripts/words.js";
import { startDialog } from "./dialog.js";

const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
let drawn = "";

/** @param {Promise<any>} question */
async function take(question) {
  const answer = await answerOf(question);
  if (answer?.plans) draw(answer.plans);
  tell("boardWanted", undefined);
}

/** @param {any} plan */
async function remove(plan) {
  if (plan.unsent && !(await asks(say("variations.remove_asks", { n: plan.unsent }), say("variations.remove")))) return;
  await take(widget.server.remove_plan(params({ plan: plan.id })));
}

/** @param {any} plan */
function compare(plan) {
  const closed = () => /** @type {HTMLElement | null} */ (widget.element.querySelector("button.main"))?.focus();
  tell("compareWanted", { intents: plan.compare, closed });
}

/** @param {any} plan */
function buttons(plan) {
  const of = { plan: plan.id };
  const { server } = widget;
  return [
    ...(plan.is_running && plan.unsent
      ? [button(say("variations.stop"), () => take(server.stop_plan(params(of))))]
      : []),
    ...(plan.is_stopped
      ? [button(say("variations.go_on"), () => take(server.go_on_with_plan(params({ ...of, ...secrets() }))), "main")]
      : []),
    ...(plan.compare.length ? [button(say("comparing.do"), () => compare(plan), "main")] : []),
    ...(plan.is_running ? [] : [button(say("variations.remove"), () => remove(plan))]),
  ];
}

// A variant that has a submission leads to it.
/** @param {any} variant */
function variantNode(variant) {
  const item = make("li");
  const show = () => {
    tell("resultChosen", { id: variant.intent });
    showPage("results");
  };
  const node = variant.intent ? button("", show) : make("span", "variant");
  node.dataset.tone = variant.tone;
  if (variant.says) node.title = variant.says;
  node.append(make("span", "dot"), make("span", "", variant.name), make("span", "state", variant.state));
  item.append(node);
  return item;
}

/** @param {any} plan */
function planNode(plan) {
  const node = make("section", "plan");
  const header = make("header");
  const line = make("p", "line", plan.line);
  line.setAttribute("role", "status");
  const row = make("div", "row");
  row.append(...buttons(plan));
  header.append(make("h2", "", plan.title), line, row);
  const list = make("ol");
  list.append(...plan.variants.map(variantNode));
  node.append(header, make("p", "says", plan.says), list);
  node.setAttribute("aria-label", plan.title);
  return node;
}

/** @param {any[]} plans */
function draw(plans) {
  const now = JSON.stringify(plans);
  if (now === drawn) return;
  drawn = now;
  const held = document.activeElement;
  const isHeld = widget.element.contains(held);
  $(".plans").replaceChildren(...plans.map(planNode));
  if (held && isHeld) refocus(held, widget.element);
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  on("boardChanged", ({ plans }) => draw(plans));
  startDialog(widget, (plans) => {
    draw(plans);
    showPage("results");
    tell("boardWanted", undefined);
  });
}
