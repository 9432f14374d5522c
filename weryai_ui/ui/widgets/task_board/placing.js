// Where the cards of the board stand. One that plays goes on playing where the browser can move it.

/** @param {any} list @param {HTMLElement[]} nodes */
function fillList(list, nodes) {
  nodes.forEach((node, index) => {
    const at = list.children[index] ?? null;
    if (at === node) return;
    if (list.moveBefore && node.isConnected) list.moveBefore(node, at);
    else list.insertBefore(node, at);
  });
}

// The chosen one in a list of its own, the others in order; what is no card any more goes.
/** @param {HTMLElement[]} nodes @param {HTMLElement | undefined} chosen @param {HTMLElement} first @param {HTMLElement} rest */
export function placeCards(nodes, chosen, first, rest) {
  fillList(first, chosen ? [chosen] : []);
  fillList(
    rest,
    nodes.filter((node) => node !== chosen),
  );
  for (const list of [first, rest])
    for (const node of [...list.children]) if (!nodes.some((each) => each === node)) node.remove();
  for (const node of nodes) {
    if (node === chosen) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
  }
}
