const $ = (selector) => element.querySelector(selector);
const words = window.words.of("common");

// Names, strings and the rest in three colours; every piece goes in as text.
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*|true|false|null)/g;
function coloured(text) {
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(TOKEN)) {
    pieces.push(text.slice(end, found.index));
    const piece = document.createElement("span");
    piece.className = found[1] ? (found[2] ? "name" : "string") : "other";
    piece.textContent = found[1] ?? found[3];
    pieces.push(piece, found[2] ?? "");
    end = found.index + found[0].length;
  }
  return [...pieces, text.slice(end)];
}

function draw() {
  const value = props.value ?? { facts: [], text: "" };
  $(".facts").textContent = value.facts.join("  ·  ");
  $("pre").classList.toggle("is-empty", !value.text);
  $("code").replaceChildren(...(value.text ? coloured(value.text) : [window.words.say(props.empty)]));
  $(".copy").hidden = !value.text;
}

$(".copy").onclick = () => window.dom.copy(props.value.text, $(".copy"), $("code"));
watch("value", draw);
window.words.speaking(() => {
  $(".title").textContent = window.words.say(props.title);
  $("pre").setAttribute("aria-label", window.words.say(props.title));
  $(".copy").textContent = words.copy;
  draw();
});
