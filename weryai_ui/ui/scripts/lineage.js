// The submission that the form was filled from: the next submission remembers it, once.
import { on } from "./events.js";
import { read, write } from "./storage.js";

const NAME = "came-from";

export const cameFrom = () => read(NAME);

/** @param {string} id  of a submission; empty: the form came from nowhere */
export const comesFrom = (id) => write(NAME, id);

// What fills the form says where it has it from.
on("formGiven", ({ from }) => comesFrom(from ?? ""));
