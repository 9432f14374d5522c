// Dragging a tile to another place, by any part of it: with the mouse at once, with a finger after a moment, since a
// finger that moves at once scrolls the page. By its number a finger drags at once.
const FAR_PX = 6;
const HOLD_MS = 300;
const PRESSED = "button:not(.thumb), a, select";

/** @param {HTMLElement} node  of the tray @param {(to: number) => void} drop */
export function draggable(node, drop) {
  const drag = new Drag(node, drop);
  node.onpointerdown = (event) => drag.press(event);
  node.onpointermove = (event) => drag.move(event);
  node.onpointerup = (event) => drag.release(event);
  node.onpointercancel = () => drag.end();
  node.onlostpointercapture = () => drag.end();
  node.ondragstart = (event) => event.preventDefault(); // pictures would be dragged by themselves
  /** @param {Event} event */
  const keep = (event) => {
    if (drag.isOn) event.preventDefault();
  };
  node.oncontextmenu = keep;
  node.addEventListener("touchmove", keep, { passive: false }); // a finger that drags does not scroll
}

class Drag {
  isOn = false;
  /** @type {{ x: number, y: number, timer: number } | null} */
  #held = null;

  /** @param {HTMLElement} node @param {(to: number) => void} drop */
  constructor(node, drop) {
    this.node = node;
    this.drop = drop;
  }

  /** @param {PointerEvent} event */
  press(event) {
    const pressed = event.target instanceof Element ? event.target : this.node;
    if (event.button || this.#held || pressed.closest(PRESSED)) return;
    this.#held = { x: event.clientX, y: event.clientY, timer: 0 };
    if (event.pointerType === "touch" && !pressed.closest(".number")) {
      this.#held.timer = setTimeout(() => this.#begin(event), HOLD_MS);
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.#held) return;
    const [x, y] = [event.clientX - this.#held.x, event.clientY - this.#held.y];
    if (!this.isOn) {
      if (Math.hypot(x, y) < FAR_PX) return;
      if (this.#held.timer) {
        this.end();
        return;
      }
      this.#begin(event);
    }
    this.node.style.transform = `translate(${x}px, ${y}px)`;
    this.#mark(this.#under(event));
  }

  /** @param {PointerEvent} event */
  release(event) {
    const target = this.isOn ? this.#under(event) : null;
    if (this.isOn) swallowClick();
    this.end();
    if (target && target !== this.node) this.drop(Number(target.dataset.index));
  }

  end() {
    clearTimeout(this.#held?.timer);
    this.#held = null;
    this.isOn = false;
    this.#mark(null);
    this.node.classList.remove("is-dragged");
    this.node.style.transform = "";
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    this.isOn = true;
    this.node.setPointerCapture(event.pointerId);
    this.node.classList.add("is-dragged");
  }

  /** @param {HTMLElement | null | undefined} target */
  #mark(target) {
    for (const each of this.node.parentElement?.querySelectorAll(".is-target") ?? [])
      each.classList.remove("is-target");
    if (target && target !== this.node) target.classList.add("is-target");
  }

  /** @param {PointerEvent} event @returns {HTMLElement | null | undefined} */
  #under(event) {
    const root = /** @type {Document | ShadowRoot} */ (this.node.getRootNode());
    return root
      .elementFromPoint(event.clientX, event.clientY)
      ?.closest(`.item[data-field="${this.node.dataset.field}"]`);
  }
}

// The end of a drag is no press of what lies under it.
function swallowClick() {
  /** @param {Event} event */
  const swallow = (event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }));
}
