// Films one after the other, as one: in which order, how far it is, and what came of it.
import { address, button, make, player } from "../../scripts/dom.js";
import { tell } from "../../scripts/events.js";
import { answerOf, params } from "../../scripts/server.js";
import { fill, say, wordsOf } from "../../scripts/words.js";

const ASK_MS = 700;
const LEAST = 2;
const words = wordsOf("joining");

/** @typedef {{ name: string, video: Video }} Film */

// Opens a dialog, and calls `closed` at its end. Gives the reason where there is nothing to join.
/** @param {Widget} widget @param {string[]} intents @param {() => void} closed @returns {Promise<string>} */
export async function joinFilms(widget, intents, closed) {
  const answer = await answerOf(widget.server.joinable(params({ intents })));
  if (!answer?.films) return answer?.refused ?? say("common.no_answer");
  const joining = new Joining(widget, answer.films);
  joining.dialog.onclose = () => {
    joining.giveUp();
    joining.dialog.remove();
    closed();
  };
  widget.element.querySelector(".history")?.append(joining.dialog);
  joining.dialog.showModal();
  return "";
}

class Joining {
  /** @type {string} The link to ask about; empty while nothing runs. */
  begun = "";

  /** @param {Widget} widget @param {Film[]} films */
  constructor(widget, films) {
    this.widget = widget;
    this.films = films;
    this.dialog = make("dialog", "comparing joining");
    this.dialog.setAttribute("aria-labelledby", "joining-title");
    const header = make("header");
    const title = make("h2", "", words.title);
    title.id = "joining-title";
    header.append(
      title,
      button(say("common.close"), () => this.dialog.close()),
    );
    this.place = make("div");
    this.status = make("p", "facts said");
    this.status.setAttribute("role", "status");
    this.dialog.append(header, make("p", "facts", words.says), this.place, this.status);
    this.drawOrder();
  }

  /** @param {string} [focus]  the button that keeps the focus */
  drawOrder(focus = "") {
    const list = make("ol", "order");
    list.append(...this.films.map((_, index) => this.filmNode(index)));
    const start = button(fill(words.start, { n: this.films.length }), () => this.start(), "start");
    start.disabled = this.films.length < LEAST;
    const row = make("div", "row");
    row.append(start);
    this.place.replaceChildren(list, row);
    const held = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("button")]).find(
      (node) => node.getAttribute("aria-label") === focus,
    );
    if (focus) (held?.matches(":disabled") || !held ? start : held).focus();
  }

  /** @param {number} index */
  filmNode(index) {
    const { name, video } = this.films[index];
    const item = make("li");
    const picture = make("span", "picture");
    if (video.cover) {
      const image = make("img");
      Object.assign(image, { src: address(video.cover), alt: "", referrerPolicy: "no-referrer" });
      picture.append(image);
    }
    /** @param {string} sign @param {string} label @param {number} to */
    const move = (sign, label, to) => {
      const node = button(sign, () => this.move(index, to, node.getAttribute("aria-label") ?? ""));
      node.setAttribute("aria-label", fill(label, { name }));
      node.disabled = to < 0 || to >= this.films.length;
      return node;
    };
    const out = button("✕", () => this.leaveOut(index));
    out.setAttribute("aria-label", fill(words.out, { name }));
    item.append(
      picture,
      make("span", "name", name),
      move("↑", words.up, index - 1),
      move("↓", words.down, index + 1),
      out,
    );
    return item;
  }

  /** @param {number} from @param {number} to @param {string} label */
  move(from, to, label) {
    this.films.splice(to, 0, ...this.films.splice(from, 1));
    this.drawOrder(label);
  }

  /** @param {number} index */
  leaveOut(index) {
    this.films.splice(index, 1);
    const { name } = this.films[Math.min(index, this.films.length - 1)] ?? { name: "" };
    this.drawOrder(fill(words.out, { name }));
  }

  async start() {
    this.status.textContent = "";
    const copies = this.films.map(({ video }) => video.copy);
    const answer = await answerOf(this.widget.server.join_films(params({ copies })));
    if (!answer?.begun) {
      this.status.textContent = answer?.refused ?? say("common.no_answer");
      return;
    }
    this.begun = answer.begun;
    this.drawProgress();
    await this.watch(answer.begun);
  }

  drawProgress() {
    this.bar = make("progress");
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", words.title);
    const cancel = button(words.cancel, () => {
      this.giveUp();
      this.drawOrder();
      this.status.textContent = words.stopped;
      /** @type {HTMLElement | null} */ (this.place.querySelector(".start"))?.focus();
    });
    const row = make("div", "row");
    row.append(cancel);
    this.place.replaceChildren(this.bar, row);
    cancel.focus();
  }

  giveUp() {
    if (this.begun) answerOf(this.widget.server.give_up_fit(params({ link: this.begun })));
    this.begun = "";
  }

  // Until it has ended or is given up; a question that failed is asked again.
  /** @param {string} link */
  async watch(link) {
    while (this.begun === link) {
      const answer = await answerOf(this.widget.server.fit_states(params({ links: [link] })));
      if (this.begun !== link) return;
      const state = answer?.states[link];
      if (answer && (!state || state.refused || state.new)) {
        this.begun = "";
        if (state?.new) return this.drawDone(state.new);
        this.drawOrder();
        this.status.textContent = state?.refused ?? say("common.no_answer");
        return;
      }
      if (state) this.show(state);
      await new Promise((done) => setTimeout(done, ASK_MS));
    }
  }

  /** @param {{ part: number, waits: boolean }} state */
  show({ part, waits }) {
    if (waits) this.bar.removeAttribute("value");
    else this.bar.value = part;
    this.status.textContent = waits ? words.waits : fill(words.runs, { percent: Math.floor(part * 100) });
  }

  /** @param {Facts & { link: string, src: string, preview?: string, name: string }} made */
  drawDone(made) {
    const film = player({ url: made.src, link: made.link, cover: made.preview }, words.title);
    const link = make("a", "", words.download);
    Object.assign(link, { href: address(made.src), download: made.name });
    const use = button(words.use, () => {
      this.dialog.close();
      tell("referenceGiven", { field: "videos", link: made.link });
    });
    const row = make("div", "row");
    row.append(
      link,
      use,
      button(words.again, () => this.drawOrder()),
    );
    this.place.replaceChildren(film, row);
    const seconds = Math.round((made.duration_s ?? 0) * 10) / 10;
    this.status.textContent = fill(words.done, { seconds });
    link.focus();
  }
}
