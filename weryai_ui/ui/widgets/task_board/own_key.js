// The visitor's own key where the server keeps it: the button beside the destination that has it forgotten.
import { wordsOf } from "../../scripts/words.js";

const words = wordsOf("board");
const opener = () => document.getElementById("forget-key");

/** @param {boolean} isKept */
export function showKey(isKept) {
  const node = opener();
  if (!node) return;
  node.hidden = !isKept;
  if (node.textContent !== words.forget_key) node.textContent = words.forget_key;
}

// What is typed goes too, or the next press would give it again; and the box is there to type another.
function emptyBox() {
  const box = /** @type {HTMLInputElement | null} */ (document.querySelector("#my-key input"));
  if (!box) return;
  box.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

/** @param {() => void} forget */
export function startKey(forget) {
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element && target.id === "forget-key")) return;
    emptyBox();
    forget();
  });
}
