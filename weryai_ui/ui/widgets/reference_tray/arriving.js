// Files on their way to this app, with how far each is.
import { make } from "../../scripts/dom.js";
import { learn } from "../../scripts/form.js";
import { upload } from "../../scripts/server.js";
import { fill, say, wordsOf } from "../../scripts/words.js";
import { freeName, tooLarge } from "./adding.js";
import { keepOriginal, mayShrink, smaller } from "./shrinking.js";

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

/** @typedef {{ name: string, file: File, part: number, isShrinking?: boolean }} Arriving */
/** @type {Arriving[]} */
let arriving = [];

/** @param {Tray} tray @param {Arriving} [except] */
const taken = (tray, except) => [
  ...tray.names(),
  ...arriving.filter((each) => each !== except).map((each) => each.name),
];

/** @param {Iterable<File>} files @param {Tray} tray */
export async function addFiles(files, tray) {
  const deed = tray.begin();
  const waiting = [];
  for (const file of files) {
    const refused = mayShrink(file) ? null : tooLarge(file);
    if (refused) {
      tray.refuse(`${file.name}: ${refused}`);
      continue;
    }
    waiting.push({ name: freeName(file.name, taken(tray)), file, part: 0 });
    arriving.push(waiting[waiting.length - 1]);
  }
  tray.draw();
  for (const each of waiting) await addFile(each, tray, deed);
}

/** @param {Arriving} each @param {Tray} tray @param {object} deed */
async function addFile(each, tray, deed) {
  const answer = await sent(each, tray);
  arriving = arriving.filter((other) => other !== each);
  if (answer.refused) tray.refuse(`${each.name}: ${answer.refused}`);
  else {
    learn(answer.link, answer);
    tray.append(answer.kind, [answer.link], deed);
  }
  tray.draw();
}

// What the app makes of a file, which leaves smaller where it is a photo that is far too large.
/** @param {Arriving} each @param {Tray} tray @returns {Promise<any>} */
async function sent(each, tray) {
  const { file } = each;
  const tell = (/** @type {Partial<Arriving>} */ more) => {
    Object.assign(each, more);
    drawArriving(tray.items());
  };
  const made = await smaller(file, () => tell({ isShrinking: true }));
  const refused = made ? null : tooLarge(file);
  if (refused) return { refused };
  tell({ isShrinking: false, name: made ? freeName(made.name, taken(tray, each)) : each.name });
  const answer = await upload(made?.file ?? file, each.name, (part) => tell({ part }), made?.madeOf);
  if (made && answer.link) keepOriginal(answer.link, file);
  return answer;
}

/** @param {Arriving} arriving */
function saidOf({ part, isShrinking }) {
  if (isShrinking) return say("shrinking.under_way");
  return part < 1 ? fill(words.arriving, { part: Math.floor(part * 100) }) : words.checking;
}

/** @param {HTMLElement} items */
export function drawArriving(items) {
  for (const each of items.querySelectorAll(".item.is-arriving")) each.remove();
  for (const each of arriving) {
    const node = make("li", "item is-arriving");
    const about = make("div", "about");
    about.append(make("span", "name", each.name), make("span", "facts", saidOf(each)));
    node.append(make("div", "thumb", "…"), about);
    items.append(node);
  }
}
