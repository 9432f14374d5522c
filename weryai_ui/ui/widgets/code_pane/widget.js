const $ = (selector) => element.querySelector(selector);
const { button, copy, saveAsFile, refocus } = window.dom;
const words = window.words.of("code");
let chosen = 0;

function draw() {
  const programs = props.value?.programs ?? [];
  $(".pane").classList.toggle("is-empty", !programs.length);
  $(".note").textContent = programs.length ? words.note : words.empty;
  if (!programs.length) return;
  const shown = programs[Math.min(chosen, programs.length - 1)], held = document.activeElement;
  $(".languages").replaceChildren(...programs.map((each, index) => {
    const node = button(words[each.language], () => { chosen = index; draw(); });
    node.setAttribute("aria-pressed", String(index === chosen));
    return node;
  }));
  $("code").textContent = shown.text;
  const copying = button(words.copy, () => copy(shown.text, copying, $("code")));
  $(".row").replaceChildren(copying, button(`${words.save} ${shown.file}`, () => saveAsFile(shown.file, shown.text)));
  refocus(held, element);
}

watch("value", draw);
window.words.speaking(() => {
  $("#code-title").textContent = words.title;
  $("pre").setAttribute("aria-label", words.title);
  $(".languages").setAttribute("aria-label", words.title);
  draw();
});
