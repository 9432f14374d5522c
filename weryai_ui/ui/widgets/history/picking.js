// The pick of films that are compared: its submission gets a star, and a note says why.
import { button, make } from "../../scripts/dom.js";
import { tell } from "../../scripts/events.js";
import { answerOf, params } from "../../scripts/server.js";
import { say } from "../../scripts/words.js";
import { noteNode } from "./noting.js";

/**
 * A film's submission; `which`: the film, where its submission has several.
 * @typedef {{ intent: string, starred: boolean, note: string, which: string }} Named
 */

/** Beneath each film its button, and a note where there is one. */
class Picks {
  picked = -1;
  /** @type {Set<string>} Stars of this dialog: they go where the pick goes. */
  given = new Set();

  /** @param {Widget} widget @param {Named[]} named @param {(text: string) => void} said  why something was not done */
  constructor(widget, named, said) {
    this.widget = widget;
    this.named = named;
    this.said = said;
    this.nodes = named.map(() => make("div", "picking"));
    this.draw();
  }

  // What is known of a submission from now on, under each of its films.
  /** @param {string} intent @param {Partial<Named>} now */
  learn(intent, now) {
    for (const each of this.named) if (each.intent === intent) Object.assign(each, now);
  }

  /** @param {string} intent @param {boolean} starred */
  async star(intent, starred) {
    const answer = await answerOf(this.widget.server.star_many(params({ intents: [intent], starred })));
    if (!answer || answer.said) return this.said(answer ? answer.said : say("common.no_answer"));
    if (starred) this.given.add(intent);
    else this.given.delete(intent);
    this.learn(intent, { starred });
  }

  /** @param {number} index */
  async pick(index) {
    const { intent, note, which } = this.named[index];
    const before = this.named[this.picked]?.intent;
    const isPicked = this.picked !== index;
    this.picked = isPicked ? index : -1;
    this.said("");
    if (before && this.given.has(before) && !(isPicked && before === intent)) await this.star(before, false);
    if (isPicked && !this.named[index].starred) await this.star(intent, true);
    if (isPicked && which && !note) this.named[index].note = `${which}: `;
    this.draw();
    if (isPicked) this.nodes[index].querySelector("textarea")?.focus();
    tell("boardWanted", undefined);
  }

  /** @param {number} index @param {string} text */
  async setNote(index, text) {
    const { intent } = this.named[index];
    const answer = await answerOf(this.widget.server.set_note(params({ intent, note: text })));
    if (typeof answer?.note !== "string") return this.said(say("common.no_answer"));
    this.learn(intent, { note: answer.note });
    tell("boardWanted", undefined);
  }

  draw() {
    for (const [index, node] of this.nodes.entries()) {
      const { starred, note } = this.named[index];
      const isPicked = this.picked === index;
      const isHeld = node.contains(document.activeElement);
      const choice = button(say(isPicked ? "picking.picked" : "picking.pick"), () => this.pick(index), "pick");
      choice.setAttribute("aria-pressed", String(isPicked));
      choice.title = say("picking.says");
      const row = make("div", "row");
      row.append(choice, ...(starred ? [starNode()] : []));
      node.replaceChildren(
        row,
        ...(isPicked || note ? [noteNode(note, (text) => void this.setNote(index, text))] : []),
      );
      if (isHeld) choice.focus();
    }
  }
}

/** @param {string} text  behind the star */
export function starNode(text = "") {
  const node = make("span", "star", `★${text}`);
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", say("choosing.starred"));
  return node;
}

/** @param {Widget} widget @param {Named[]} named @param {(text: string) => void} said @returns {HTMLElement[]} */
export const pickNodes = (widget, named, said) => new Picks(widget, named, said).nodes;
