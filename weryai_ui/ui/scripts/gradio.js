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

  for (const id of ["generate", "check"]) {
    for (const sign of ["pointerenter", "pointerdown", "focus", "keydown"]) {
      document.getElementById(id).addEventListener(sign, () => window.studio.comesNear());
    }
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

// Tab leaves a list of choices. Gradio would open it again a moment later, over what follows, and one that scrolls would
// take the focus and close under it.
document.addEventListener("keydown", (event) => {
  if (!["Tab", "Shift"].includes(event.key) || !event.target.matches("[role=combobox]")) return;
  event.stopPropagation();
  document.querySelectorAll(".options, .options ul").forEach((list) => { list.tabIndex = -1; });
}, true);
