const $ = (selector) => element.querySelector(selector);
const { make, button } = window.dom;
const words = window.words.of("mentions");
const box = () => document.querySelector("#field-prompt textarea");
let names = [], chosen = 0;

// Through the browser's own editing, so that its undo takes it back and Gradio hears of it.
function insert(name, replacing = 0) {
  const prompt = box();
  prompt.focus();
  const end = prompt.selectionEnd, start = prompt.selectionStart - replacing;
  const spaced = start > 0 && !/\s/.test(prompt.value[start - 1]) ? ` ${name}` : name;
  prompt.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, spaced)) {
    prompt.setRangeText(spaced, start, end, "end");
    prompt.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function close() {
  $(".offer").hidden = true;
  box()?.removeAttribute("aria-activedescendant");
}

function mark() {
  [...$(".offer").children].forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
  box().setAttribute("aria-activedescendant", `mention-${chosen}`);
}

function offer() {
  if (!names.length) return;
  $(".offer").replaceChildren(...names.map((name, index) => {
    const item = make("li", "", name);
    item.id = `mention-${index}`;
    item.setAttribute("role", "option");
    item.onpointerdown = (event) => { event.preventDefault(); insert(name, 1); close(); };
    return item;
  }));
  chosen = 0;
  $(".offer").hidden = false;
  mark();
}

function onKey(event) {
  if ($(".offer").hidden) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); chosen = (chosen + step + names.length) % names.length; mark(); }
  else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); insert(names[chosen], 1); close(); }
  else if (event.key === "Escape") close();
}

function listen() {
  const prompt = box();
  if (!prompt || prompt.dataset.mentions) return;
  prompt.dataset.mentions = "yes";
  prompt.setAttribute("aria-controls", "mentions-offer");
  prompt.addEventListener("keydown", onKey, true);
  prompt.addEventListener("blur", close);
  prompt.addEventListener("input", () => {
    if (prompt.value[prompt.selectionStart - 1] === "@") offer(); else close();
  });
}

function draw(values) {
  listen();
  const lists = window.studio.lists(values);
  const named = new Set(window.studioReferences.mentionsOf(values.prompt ?? "").map(({ field, number }) => `${field} ${number}`));
  const all = Object.keys(window.studioData.mentions).flatMap((field) => lists[field].map((_, index) => [window.words.item(field, index + 1), named.has(`${field} ${index + 1}`)]));
  names = all.map(([name]) => name);
  if ($(".chips").dataset.shown === JSON.stringify(all)) return;
  $(".chips").dataset.shown = JSON.stringify(all);
  $(".chips").replaceChildren(...all.map(([name, isNamed]) => {
    const chip = button(name, () => insert(name), isNamed ? "" : "is-unnamed");
    chip.title = isNamed ? words.named : words.unnamed;
    return chip;
  }));
}

window.studio.formListeners.push(draw);
window.words.speaking(() => {
  $(".chips").setAttribute("aria-label", words.label);
  $(".offer").setAttribute("aria-label", words.label);
  if (window.studio.edits) draw(window.studio.values);
});
