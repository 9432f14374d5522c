// References as the form has them: the lines of three boxes, and the prompt that calls them by number. Data in, data out.
window.studioReferences = (() => {
  const { blanks, mentions } = window.studioData;
  const ENDS = new RegExp(`^[${blanks}]+|[${blanks}]+$`, "gu"), BETWEEN = new RegExp(`[${blanks},]+`, "u");

  // The lines of a box that hold something, as the server reads them (`lines_of`).
  const linesOf = (text) => String(text ?? "").split(/[\r\n]/).map((line) => line.replace(ENDS, "")).filter(Boolean);

  // What is written between blanks and commas, for links that are given in one go.
  const piecesOf = (text) => text.split(BETWEEN).filter(Boolean);

  // Every mention of a prompt: its field, its number (null for a removed one), and where its number stands.
  function mentionsOf(prompt) {
    return Object.entries(mentions).flatMap(([field, pattern]) =>
      [...prompt.matchAll(new RegExp(pattern, "gu"))].map((found) => {
        const end = found.index + found[0].length;
        return { field, number: found[1] === "?" ? null : Number(found[1]), start: end - found[1].length, end };
      }));
  }

  // `renamed`: old number -> new number, or null for one that is removed. A mention that named a removed
  // reference keeps its place and says "?", so that nothing comes to mean another picture unseen.
  function rewritten(prompt, field, renamed) {
    const found = mentionsOf(prompt).filter((each) => each.field === field && each.number !== null);
    const changes = new Map();
    for (const { number, start, end } of found.sort((a, b) => b.start - a.start)) {
      if (!renamed.has(number) || renamed.get(number) === number) continue;
      const next = renamed.get(number) ?? "?";
      prompt = prompt.slice(0, start) + next + prompt.slice(end);
      changes.set(number, next);
    }
    return { prompt, changes: [...changes].sort((a, b) => a[0] - b[0]) };
  }

  // `order`: the old places (from 0) of the references of `field` in their new order; a missing one is removed.
  function rearranged({ lists, prompt }, field, order) {
    const renamed = new Map(lists[field].map((_, old) => [old + 1, order.includes(old) ? order.indexOf(old) + 1 : null]));
    const { prompt: next, changes } = rewritten(prompt, field, renamed);
    return { lists: { ...lists, [field]: order.map((old) => lists[field][old]) }, prompt: next, changes };
  }

  return { linesOf, piecesOf, mentionsOf, rearranged };
})();
