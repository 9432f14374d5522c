// Files on their way to this app, with how far each is.
import { make } from "../../scripts/dom.js";
import { learn } from "../../scripts/form.js";
import { upload } from "../../scripts/server.js";
import { fill, wordsOf } from "../../scripts/words.js";
import { freeName, tooLarge } from "./adding.js";

const words = wordsOf("tray");

/**
 * What the tray does with what comes of it.
 * @typedef {object} Tray
 * @property {() => object} begin  notes that a person begins with something, and clears what was refused before
 * @property {(field: string, links: string[], deed: object) => void} append
 * @property {(text: string) => void} refuse
 * @property {() => void} draw
 * @property {() => string[]} names  those that files in the tray have
 * @property {() => HTMLElement} items
 */

/** @type {{ name: string, file: File, part: number }[]} */
let arriving = [];

/** @param {Iterable<File>} files @param {Tray} tray */
export async function addFiles(files, tray) {
  const deed = tray.begin();
  const waiting = [];
  for (const file of files) {
    const refused = tooLarge(file);
    if (refused) {
      tray.refuse(`${file.name}: ${refused}`);
      continue;
    }
    const taken = [...tray.names(), ...arriving.map((each) => each.name)];
    waiting.push({ name: freeName(file.name, taken), file, part: 0 });
    arriving.push(waiting[waiting.length - 1]);
  }
  tray.draw();
  for (const each of waiting) await addFile(each, tray, deed);
}

/** @param {{ name: string, file: File, part: number }} each @param {Tray} tray @param {object} deed */
async function addFile(each, tray, deed) {
  const answer = await upload(each.file, each.name, (part) => {
    each.part = part;
    drawArriving(tray.items());
  });
  arriving = arriving.filter((other) => other !== each);
  if (answer.refused) tray.refuse(`${each.name}: ${answer.refused}`);
  else {
    learn(answer.link, answer);
    tray.append(answer.kind, [answer.link], deed);
  }
  tray.draw();
}

/** @param {HTMLElement} items */
export function drawArriving(items) {
  for (const each of items.querySelectorAll(".item.is-arriving")) each.remove();
  for (const { name, part } of arriving) {
    const node = make("li", "item is-arriving");
    const about = make("div", "about");
    const said = part < 1 ? fill(words.arriving, { part: Math.floor(part * 100) }) : words.checking;
    about.append(make("span", "name", name), make("span", "facts", said));
    node.append(make("div", "thumb", "…"), about);
    items.append(node);
  }
}
