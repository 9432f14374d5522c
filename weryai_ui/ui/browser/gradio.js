// What Gradio's own components leave out for people without a mouse or a screen, put in after them.
window.mendGradio = () => {
  const form = document.querySelector(".studio-compose");

  // Each choice of a row of chips comes as a group of its own, without a name: here they are one, for the arrows as well.
  function group(fieldset) {
    const title = fieldset.querySelector("[data-testid=block-info]");
    title.id ||= `title-${fieldset.id}`;
    fieldset.setAttribute("role", "radiogroup");
    fieldset.setAttribute("aria-labelledby", title.id);
    fieldset.querySelectorAll("input[type=radio]").forEach((choice) => { if (choice.name !== fieldset.id) choice.name = fieldset.id; });
  }

  // A fold says whether it is open by an arrow alone.
  function tellFold(fold) {
    fold.setAttribute("aria-expanded", String(fold.classList.contains("open")));
    fold.querySelector(".icon").setAttribute("aria-hidden", "true");
  }

  // Another language brings new choices, and another choice new names.
  for (const fieldset of form.querySelectorAll("fieldset")) {
    new MutationObserver(() => group(fieldset)).observe(fieldset, { childList: true, subtree: true, attributeFilter: ["name"] });
    group(fieldset);
  }
  for (const fold of form.querySelectorAll(".studio-advanced > .label-wrap")) {
    new MutationObserver(() => tellFold(fold)).observe(fold, { attributeFilter: ["class"] });
    tellFold(fold);
  }
};

// An open list of choices that scrolls would take the next Tab, close by it, and leave the focus nowhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Tab") return;
  document.querySelectorAll(".options, .options ul").forEach((list) => { list.tabIndex = -1; });
}, true);
