// A submission whose answer was lost, or that failed: what the balance says, where to look it up, and the id that a person found.

import { button, make } from "../../scripts/dom.js";
import { answerOf, params, post } from "../../scripts/server.js";
import { wordsOf } from "../../scripts/words.js";

const words = wordsOf("adopting");

/** @param {string} path @param {object} body */
async function asked(path, body) {
  const answer = await answerOf(post(path, params(body)));
  return answer?.ok ? answer.json() : undefined;
}

/** @param {any} card @param {(answer: any) => void} take  takes the board that comes with the answer */
export function lostNode(card, take) {
  const node = make("div", "lost");
  const look = button(words.look, async () => {
    const found = await asked("unresolved", { intent: card.id });
    if (found?.balance) node.replaceChildren(...foundNodes(card, found, take));
    else take(undefined);
  });
  node.append(look);
  return node;
}

// Whether a failed task was charged nobody documents: the balance then and now says it, where both are known.
/** @param {any} card @param {(answer: any) => void} take */
export function chargedNode(card, take) {
  const node = make("div", "lost");
  const ask = button(words.charged, async () => {
    const found = await asked("unresolved", { intent: card.id });
    if (!found?.balance) return take(undefined);
    const balance = make("p", "balance", found.balance);
    balance.setAttribute("role", "status");
    node.replaceChildren(balance);
  });
  node.append(ask);
  return node;
}

/** @param {any} card @param {any} found @param {(answer: any) => void} take @returns {HTMLElement[]} */
function foundNodes(card, found, take) {
  const form = adoptForm(card, take);
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const balance = make("p", "balance", found.balance);
  balance.setAttribute("role", "status");
  const nodes = [balance];
  if (found.history) {
    const link = make("a", "", words.history);
    Object.assign(link, { href: found.history, target: "_blank", rel: "noopener noreferrer" });
    nodes.push(link);
  }
  if (found.listed.length) {
    const listed = make("p", "listed", words.listed);
    for (const { id, text } of found.listed) {
      const fillIn = () => {
        input.value = id;
        input.focus();
      };
      listed.append(" ", button(text, fillIn));
    }
    nodes.push(listed);
  }
  return [...nodes, form];
}

/** @param {any} card @param {(answer: any) => void} take */
function adoptForm(card, take) {
  const form = make("form", "row key");
  const input = make("input");
  input.setAttribute("aria-label", words.label);
  input.placeholder = words.label;
  input.autocomplete = "off";
  input.spellcheck = false;
  form.append(input, make("button", "", words.follow));
  form.onsubmit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    take(await asked("adopt", { intent: card.id, task_id: input.value }));
  };
  return form;
}
