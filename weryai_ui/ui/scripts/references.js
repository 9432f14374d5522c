// Rearranging references and the prompt that calls them by number, in one step. Pure: data in, data out.
window.studioReferences = (() => {
  // `renamed`: old number -> new number, or null for one that is removed. A mention that named a removed
  // reference keeps its place and says "?", so that nothing comes to mean another picture unseen.
  function rewritten(rules, prompt, field, renamed) {
    const found = window.studioCheck.mentions(rules, prompt).filter((each) => each.field === field && each.number !== null);
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
  function rearranged(rules, { lists, prompt }, field, order) {
    const renamed = new Map(lists[field].map((_, old) => [old + 1, order.includes(old) ? order.indexOf(old) + 1 : null]));
    const { prompt: next, changes } = rewritten(rules, prompt, field, renamed);
    return { lists: { ...lists, [field]: order.map((old) => lists[field][old]) }, prompt: next, changes };
  }

  return { rearranged };
})();
