// Examples that fill the form and show a recorded run: a strip until the first use, and a gallery of all.
import { button, finder, make, refocus } from "../../scripts/dom.js";
import { on, tell } from "../../scripts/events.js";
import { learn } from "../../scripts/form.js";
import { answerOf, params, url } from "../../scripts/server.js";
import { read, write } from "../../scripts/storage.js";
import { fill, say, speaking, wordsOf } from "../../scripts/words.js";

const words = wordsOf("examples");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;
let chosen = "";

/** @typedef {{ id: string, cover: string, video: string, tags: Record<string, any> }} Example */

/** @param {string} id @param {HTMLElement} pressed */
async function choose(id, pressed) {
  pressed.setAttribute("aria-busy", "true");
  $(".wrong").textContent = "";
  const answer = await answerOf(widget.server.use_example(params({ id })));
  pressed.removeAttribute("aria-busy");
  const isInGallery = $("dialog").open;
  // Who has gone on to something else meanwhile stays there.
  const isHere = [pressed, document.body].some((each) => each === document.activeElement);
  $("dialog").close();
  if (!answer?.values) {
    $(".wrong").textContent = words.no_answer;
    return;
  }
  chosen = id;
  for (const [link, facts] of Object.entries(answer.known)) learn(link, facts);
  tell("formGiven", { values: answer.values, what: say("examples.filled", { title: say(`example.${id}.title`) }) });
  tell("runRecorded", answer.recorded);
  const isFirst = !read("examples");
  write("examples", "used");
  draw();
  if (isHere && (isFirst || isInGallery)) $(".all").focus({ preventScroll: true });
}

/** @param {Example} example @param {any[]} parts */
function card({ id }, parts) {
  const item = make("li");
  const pressed = button("", () => choose(id, pressed));
  pressed.dataset.example = id;
  pressed.setAttribute("aria-pressed", String(id === chosen));
  pressed.append(...parts);
  item.append(pressed);
  return item;
}

/** @param {Example} example */
function small(example) {
  const picture = make("img");
  picture.src = url(example.cover);
  picture.alt = "";
  picture.fetchPriority = "low"; // but at once: they are small, and stay with the browser
  const item = card(example, [picture, make("span", "", say(`example.${example.id}.title`))]);
  item.firstChild.title = say(`example.${example.id}.look`);
  return item;
}

// The film of its recorded run plays while it is pointed at, or has the focus.
/** @param {Example} example */
function large(example) {
  const { id, cover, video, tags } = example;
  const film = Object.assign(make("video"), { muted: true, loop: true, playsInline: true, preload: "none" });
  Object.assign(film, { poster: url(cover), src: url(video), tabIndex: -1 });
  film.setAttribute("aria-hidden", "true");
  const { ratio, ...counts } = tags;
  const numbers = Object.entries(counts).map(([field, number]) => (number ? `${say(`label.${field}`)} ${number}` : ""));
  const row = make("span", "tags");
  row.append(...[ratio, ...numbers].filter(Boolean).map((each) => make("span", "tag", each)));
  const about = make("span", "about");
  about.append(make("strong", "", say(`example.${id}.title`)), make("span", "look", say(`example.${id}.look`)), row);
  const item = card(example, [film, about]);
  const play = () => film.play().catch(() => film.load());
  item.onpointerenter = item.onfocusin = play;
  item.onpointerleave = item.onfocusout = () => film.load(); // back to the picture
  return item;
}

function openGallery() {
  $(".gallery").replaceChildren(...widget.props.examples.map(large));
  $("dialog").showModal();
}

function draw() {
  const held = document.activeElement;
  const isUsed = read("examples") === "used";
  $(".examples").classList.toggle("is-used", isUsed);
  $(".strip").replaceChildren(...(isUsed ? [] : widget.props.examples.map(small)));
  $(".all").textContent = isUsed ? words.open : fill(words.all, { number: widget.props.examples.length });
  refocus(held, widget.element);
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  // By keyboard the whole of a card comes into view: a browser leaves one that is seen in part.
  $(".strip").addEventListener("focusin", (/** @type {any} */ { target }) => {
    if (target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  // Who has results knows what the page does: the next time it opens without the strip, which moves nothing now.
  on("boardChanged", ({ count }) => {
    if (count) write("examples", "used");
  });
  on("exampleWanted", ({ id }) => choose(id, $(".all")));
  $(".all").onclick = openGallery;
  $(".close").onclick = () => $("dialog").close();
  $("dialog").onclose = () => {
    if (!$("dialog").open) $(".gallery").replaceChildren();
  };
  speaking(() => {
    $("#examples-title").textContent = words.title;
    $("#gallery-title").textContent = words.title;
    $(".close").textContent = words.close;
    draw();
    if ($("dialog").open) $(".gallery").replaceChildren(...widget.props.examples.map(large));
  });
}
