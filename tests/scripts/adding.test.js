// What people give as references: links in a text, and files with their names.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { freeName, linksIn, tooLarge } = await import("../../weryai_ui/ui/widgets/reference_tray/adding.js");

test("links go to the field of their kind, by the ending of their path", () => {
  const { refused, lists } = linksIn("https://a/1.png, https://a/2.MP4?x=1.wav https://a/3.wav#b\nhttps://a/4");
  assert.deepEqual(refused, []);
  assert.deepEqual(lists, {
    images: ["https://a/1.png", "https://a/4"],
    videos: ["https://a/2.MP4?x=1.wav"],
    audios: ["https://a/3.wav#b"],
  });
});

test("what is no link is refused in a sentence of its own", () => {
  assert.equal(linksIn("nonsense ftp://a/b https://a/1.png").refused.length, 2);
});

const NAMES = [
  ["image.png", [], "image.png"],
  ["image.png", ["IMAGE.png"], "image (2).png"],
  ["image.png", ["image.png", "image (2).png"], "image (3).png"],
  ["README", ["README"], "README (2)"],
  [".png", [".png"], " (2).png"],
  ["IMG_1.HEIC", ["IMG_1.jpg"], "IMG_1 (2).HEIC"],
  ["IMG_1.jpg", ["IMG_1.png"], "IMG_1.jpg"],
  ["half\ud800.png", [], "half\ufffd.png"],
  ["pair👍.png", [], "pair👍.png"],
];

for (const [given, taken, free] of NAMES) {
  test(`${JSON.stringify(given)} beside ${taken.length} others`, () => assert.equal(freeName(given, taken), free));
}

test("a file at the limit of its kind may leave, and one byte more is said with both sizes", () => {
  const limit = globalThis.studioData.uploadBytes.images;
  assert.equal(tooLarge({ type: "image/png", name: "a.png", size: limit }), null);
  assert.match(tooLarge({ type: "", name: "a.mp3", size: 1e12 }), /1000000\.0 MB/);
  assert.match(tooLarge({ type: "image/png", name: "a.png", size: limit + 1 }), /10\.1 MB.*10 MB/);
});
