// What people give as references: files that are chosen, dropped or pasted, and links.
import { FIELDS, piecesOf } from "../../scripts/references.js";
import { fill, say, wordsOf } from "../../scripts/words.js";

const { megabyte: MEGABYTE, uploadBytes } = studioData;
/** @type {Record<string, RegExp>} */
const EXTENSIONS = { videos: /\.(mp4|mov|m4v|webm|mkv)$/i, audios: /\.(mp3|wav|m4a|aac|ogg|flac)$/i };
/** @type {Record<string, string>} */
const TYPES = { image: "images", video: "videos", audio: "audios" };
const KEEPS_ENDING = /\.(jpe?g|png|webp|gif|mp4|mov|mp3|wav)$|^[^.]*$/i;
const ENDING = /\.[^.]*$/;
/** What a file dialog should offer, with what not every system knows to be a picture, a video or a sound. */
export const OFFERED = [
  "image/*,video/*,audio/*,.heic,.heif,.avif,.tif,.tiff,.jp2,.ico",
  ".mkv,.avi,.ts,.mts,.m2ts,.mpg,.wmv,.ogv,.m4a,.opus,.flac,.aif,.aiff,.amr,.wma",
].join();
const words = wordsOf("tray");

/** @param {string} name  of a file */
const fieldByName = (name) => Object.keys(EXTENSIONS).find((field) => EXTENSIONS[field].test(name));

// The links in a text by field; or what is said of the pieces that are none.
/** @param {string} text @returns {{ refused: string[], lists: Record<string, string[]> }} */
export function linksIn(text) {
  const links = piecesOf(text);
  const wrong = links.filter((link) => !/^https?:\/\//i.test(link));
  const refused = wrong.map((link) => fill(words.not_a_link, { link: link.slice(0, 60) }));
  /** @param {string} link */
  const fieldOf = (link) => fieldByName(link.split(/[?#]/)[0]) ?? "images";
  const lists = FIELDS.map((field) => [field, links.filter((link) => fieldOf(link) === field)]);
  return { refused, lists: Object.fromEntries(lists) };
}

// Why a file need not leave at all: it is larger than one of its kind may be. Null when it is not.
/** @param {File} file */
export function tooLarge(file) {
  const kind = TYPES[file.type.split("/")[0]] ?? fieldByName(file.name) ?? "any";
  if (file.size <= uploadBytes[kind]) return null;
  // Rounded up, so that it never reads as the limit.
  const size = (Math.ceil((file.size * 10) / MEGABYTE) / 10).toFixed(1);
  const limit = uploadBytes[kind] / MEGABYTE;
  return say("file_size.too_large", { kind: say(`media_kind.${kind}`), size, limit });
}

// A name that none of `taken` has: every pasted picture is called image.png. A file that will be made to fit gets another
// ending, and may not become what one of them is called.
/** @param {string} given @param {string[]} taken */
export function freeName(given, taken) {
  // Half a character, which no header can carry, as the sign for it.
  const name = given.replace(/\p{Surrogate}/gu, "\ufffd");
  const [, stem, ending = ""] = /^(.*?)(\.[^.]*)?$/s.exec(name) ?? ["", name];
  const others = KEEPS_ENDING.test(name) ? taken : taken.flatMap((each) => [each, each.replace(ENDING, () => ending)]);
  const lower = new Set(others.map((each) => each.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? stem + ending : `${stem} (${number})${ending}`;
    if (!lower.has(free.toLowerCase())) return free;
  }
}
