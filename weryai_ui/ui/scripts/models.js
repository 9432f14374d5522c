// What the chosen model takes, as the server's catalogue says. Whether values may be sent the server judges.
const { models } = studioData;
let chosen = models.default;

/** @param {string} key  of a model; one that is not in the catalogue takes what any of them does */
export function chooseModel(key) {
  chosen = key;
}

export const model = () => chosen;

/** @returns {ModelFacts} */
export const facts = () => models.of[chosen] ?? models.widest;

// Whether a choice of a field is one of the model's.
/** @param {string} field @param {string} value */
export const isOffered = (field, value) => facts().choices[field]?.includes(value) ?? true;
