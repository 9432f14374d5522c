// A group of radios that takes the room of one: folded it shows what is chosen, and a press opens the others over it.
const PICKS = ".studio-shape fieldset, #send-to";
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
let isByPointer = false; // what changes the choice

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const pickOf = (target) => (target instanceof Element ? target.closest(PICKS) : null);
/** @param {HTMLElement} pick */
const isOpen = (pick) => pick.dataset.open !== undefined;

/** @param {HTMLElement | null} [except] */
function closeAll(except = null) {
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("fieldset[data-open]"))) {
    if (each !== except) delete each.dataset.open;
  }
}

// It keeps its size, so that nothing moves under what opens.
/** @param {HTMLElement} pick */
function open(pick) {
  const list = /** @type {HTMLElement | null} */ (pick.querySelector(":scope > .wrap:last-of-type"));
  if (!list) return;
  pick.style.minHeight = `${pick.offsetHeight}px`;
  list.dataset.info = pick.querySelector(".info-text")?.textContent ?? "";
  pick.dataset.open = "";
}

/** @param {MouseEvent} event */
function onClick(event) {
  const pick = pickOf(event.target);
  closeAll(pick);
  if (!pick) return;
  if (isOpen(pick)) {
    // What was chosen already changes nothing, and is chosen all the same.
    if (isByPointer && event.target instanceof Element && event.target.closest("label")) setTimeout(() => closeAll());
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  open(pick);
  /** @type {HTMLElement | null} */ (pick.querySelector("input:checked, input"))?.focus();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  isByPointer = false;
  const pick = pickOf(event.target);
  if (!pick) return;
  if (ARROWS.includes(event.key)) open(pick);
  else if (["Escape", "Enter", "Tab"].includes(event.key)) closeAll();
}

// By another control of the page: the list stays closed.
/** @param {HTMLInputElement} choice */
export function choosePick(choice) {
  const pick = pickOf(choice);
  if (pick) pick.dataset.open = ""; // a press on a closed one opens it
  choice.click();
  closeAll();
}

export default function start() {
  document.addEventListener("click", onClick, true);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", () => {
    isByPointer = true;
  });
  document.addEventListener("change", ({ target }) => {
    if (isByPointer && pickOf(target)) closeAll();
  });
  document.addEventListener("focusout", ({ relatedTarget }) => {
    if (!isByPointer) closeAll(pickOf(relatedTarget));
  });
}
