// Names that fit what is typed: each word of it occurs in the name. What begins the name comes first, then what begins
// words of it, each in the order in which they were given. Data in, data out.

/** @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {string} name @param {string[]} typed @returns {number} 0 where it does not fit */
function fit(name, typed) {
  if (!typed.every((word) => name.includes(word))) return 0;
  if (name.startsWith(typed.join(" "))) return 3;
  const pieces = name.split(/[^\p{L}\p{N}]+/u);
  return typed.every((each) => pieces.some((word) => word.startsWith(each))) ? 2 : 1;
}

/**
 * @template {{ text: string, also: string }} Named
 * @param {string} typed
 * @param {Named[]} all  each by its name, and by the one that it has in English
 * @returns {Named[]}
 */
export function matching(typed, all) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const rated = all.map((each) => ({
    each,
    fits: Math.max(fit(plain(each.text), words), fit(plain(each.also), words)),
  }));
  return rated
    .filter(({ fits }) => fits)
    .sort((one, other) => other.fits - one.fits)
    .map(({ each }) => each);
}
