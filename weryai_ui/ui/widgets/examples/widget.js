const $ = (selector) => element.querySelector(selector);
const { make, button, refocus } = window.dom;
const words = window.words.of("examples"), studio = window.studio;
let chosen = "";

async function choose(id, pressed) {
  pressed.setAttribute("aria-busy", "true");
  $(".wrong").textContent = "";
  let answer;
  try { answer = await server.use_example(studio.asked({ id })); } catch { /* below */ }
  pressed.removeAttribute("aria-busy");
  if (!answer?.values) { $(".wrong").textContent = words.no_answer; return; }
  chosen = id;
  Object.entries(answer.known).forEach(([link, facts]) => studio.learn(link, facts));
  studio.fill(answer.values, window.words.say("examples.filled", { title: window.words.say(`example.${id}.title`) }));
  studio.recorded = answer.recorded;
  studio.showRecorded(answer.recorded);
  trigger("recorded");
  draw();
}

function draw() {
  const held = document.activeElement;
  $(".strip").replaceChildren(...props.examples.map(({ id, cover }) => {
    const item = make("li"), pressed = button("", () => choose(id, pressed)), picture = make("img");
    picture.src = studio.url(cover);
    picture.alt = "";
    picture.fetchPriority = "low";   // but at once: they are small, and stay with the browser
    pressed.title = window.words.say(`example.${id}.look`);
    pressed.dataset.example = id;
    pressed.setAttribute("aria-pressed", String(id === chosen));
    pressed.append(picture, make("span", "", window.words.say(`example.${id}.title`)));
    item.append(pressed);
    return item;
  }));
  refocus(held, element);
}

// By keyboard the whole of a card comes into view: a browser leaves one that is seen in part.
$(".strip").addEventListener("focusin", ({ target }) => {
  if (target.matches(":focus-visible")) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});

window.words.speaking(() => {
  $("#examples-title").textContent = words.title;
  draw();
});
