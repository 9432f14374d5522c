// A question before what costs: in the page's own words and look, with what it spends and from which account.
import { button, make } from "./dom.js";
import { say } from "./words.js";

/** @type {HTMLDialogElement | null} */
let dialog = null;

function made() {
  if (dialog) return dialog;
  dialog = /** @type {HTMLDialogElement} */ (make("dialog", "studio-dialog"));
  dialog.id = "asking";
  dialog.setAttribute("aria-labelledby", "asking-title");
  document.body.append(dialog);
  return dialog;
}

// Whether the person wants it; Esc is a no. `sendTo`: where it would go, and be charged.
/** @param {string} text @param {string} yes  what the button that does it says @param {string} sendTo */
export function asks(text, yes, sendTo) {
  const asking = made();
  const title = make("h2", "", text);
  title.id = "asking-title";
  const credits = document.querySelector(".studio-credits")?.textContent ?? "";
  const price = document.getElementById("price")?.textContent ?? "";
  const costs = make(
    "p",
    "",
    [say(`goes.${sendTo}`), price, credits && say("page.credits_left", { credits })].join(" "),
  );
  const row = make("div", "row");
  asking.returnValue = "";
  row.append(
    button(say("common.cancel"), () => asking.close("")),
    button(yes, () => asking.close("yes"), "main"),
  );
  asking.replaceChildren(title, costs, row);
  asking.showModal();
  return new Promise((done) => {
    asking.onclose = () => done(asking.returnValue === "yes");
  });
}
