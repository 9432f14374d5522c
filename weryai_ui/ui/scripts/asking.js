// A question before what costs or cannot be taken back, in the page's own words and look.
import { button, make, refocus } from "./dom.js";
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

// What it spends, and from which account.
/** @param {string} sendTo @param {string} [whole] */
function costsOf(sendTo, whole) {
  const credits = document.querySelector(".studio-credits")?.textContent ?? "";
  const price = whole ?? document.getElementById("price")?.textContent ?? "";
  return [say(`goes.${sendTo}`), price, credits && say("page.credits_left", { credits })].join(" ");
}

// Whether the person wants it; Esc is a no, and so is Enter at once: the focus is on Cancel. It goes back to what was
// pressed, which may have been drawn again meanwhile. `sendTo`: where it would go, and be charged; none where it is free.
/** @param {string} text @param {string} yes  what the button that does it says @param {string} [sendTo]
 * @param {string} [price]  where it is another than that of the form */
export function asks(text, yes, sendTo, price) {
  const asking = made();
  const title = make("h2", "", text);
  title.id = "asking-title";
  const row = make("div", "row");
  asking.returnValue = "";
  row.append(
    button(say("common.cancel"), () => asking.close("")),
    button(yes, () => asking.close("yes"), "main"),
  );
  asking.replaceChildren(title, ...(sendTo ? [make("p", "", costsOf(sendTo, price))] : []), row);
  const held = document.activeElement;
  asking.showModal();
  return new Promise((done) => {
    asking.onclose = () => {
      refocus(held, document.body);
      const isLost = [null, document.body].includes(/** @type {any} */ (document.activeElement));
      if (isLost || asking.contains(document.activeElement))
        document.getElementById("generate")?.focus({ preventScroll: true });
      done(asking.returnValue === "yes");
    };
  });
}

// Before it leaves the history; while it runs, that is to watch it no more.
/** @param {{ busy: boolean }} card */
export const asksToForget = ({ busy }) =>
  busy
    ? asks(say("board.stop_watching_asks"), say("board.stop_watching"))
    : asks(say("common.forget_asks"), say("common.forget_yes"));
