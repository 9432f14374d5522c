// What is dropped on the tray or pasted anywhere: files, the files of folders, and links.
import { piecesOf } from "../../scripts/references.js";

const TYPED_INTO =
  "textarea, input:not([type=file]):not([type=checkbox]):not([type=radio]):not([type=button]), [contenteditable]";
const WEB = /^https?:\/\//i;
const HIDDEN = /^(?:\.|Thumbs\.db$|desktop\.ini$)/i; // what systems put into folders

/** @typedef {{ files: (files: File[]) => void, links: (text: string) => void }} Take */

// Whether an event comes from where a person types.
/** @param {Event} event */
export function isTyping(event) {
  const target = event.composedPath()[0];
  return target instanceof Element && Boolean(target.closest(TYPED_INTO));
}

// The links that another tab hands over: of a picture its own, else what is linked. Its bytes may come beside it.
/** @param {DataTransfer} dropped */
export function linksOf(dropped) {
  const page = new DOMParser().parseFromString(dropped.getData("text/html"), "text/html");
  const shown = [...page.querySelectorAll("img, video, audio, source")].map((each) => each.getAttribute("src") ?? "");
  const pictures = shown.filter((link) => WEB.test(link));
  if (pictures.length) return pictures;
  const listed = dropped.getData("text/uri-list").split(/[\r\n]+/);
  return listed.filter((link) => WEB.test(link));
}

// The files of what was dropped, those of a folder in the order of their names. The entries have to be taken at once:
// after the event there are none.
/** @param {DataTransfer} dropped @returns {Promise<File[]>} */
export async function filesOf(dropped) {
  const items = [...dropped.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return [...dropped.files];
  const found = [];
  for (const [index, entry] of entries.entries()) {
    const file = entry ? null : items[index].getAsFile();
    found.push(...(entry ? await filesIn(entry) : file ? [file] : []));
  }
  return found;
}

/** @param {any} entry @returns {Promise<File[]>} */
async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const entries = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break; // it gives some at a time
    entries.push(...some);
  }
  const seen = entries.filter(({ name }) => !HIDDEN.test(name));
  seen.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const files = [];
  for (const each of seen) files.push(...(await filesIn(each)));
  return files;
}

/** @param {HTMLElement} tray @param {Take} take */
export function listenForDrops(tray, take) {
  tray.ondragover = (event) => {
    if (!["Files", "text/uri-list"].some((type) => event.dataTransfer?.types.includes(type))) return;
    event.preventDefault();
    tray.classList.add("is-over");
  };
  tray.ondragleave = () => tray.classList.remove("is-over");
  tray.ondrop = async (event) => {
    tray.classList.remove("is-over");
    const { dataTransfer: dropped } = event;
    const links = dropped ? linksOf(dropped) : [];
    if (!dropped || !(links.length || dropped.files.length)) return;
    event.preventDefault();
    if (links.length) take.links(links.join("\n"));
    else take.files(await filesOf(dropped));
  };
}

// Office puts a picture of a text beside it: a person who is typing means the text.
/** @param {Take} take */
export function listenForPastes(take) {
  document.addEventListener("paste", (event) => {
    const { clipboardData: pasted } = event;
    const text = pasted?.getData("text/plain") ?? "";
    const typing = isTyping(event);
    if (!pasted || (typing && text)) return;
    const pieces = piecesOf(text);
    if (pasted.files.length) take.files([...pasted.files]);
    else if (!typing && pieces.length && pieces.every((link) => WEB.test(link))) take.links(text);
    else return;
    event.preventDefault();
  });
}
