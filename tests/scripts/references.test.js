// The lines of the boxes, and the prompt that calls them by number.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { linesOf, listsOf, mentionsOf, piecesOf, rearranged } = await import("../../weryai_ui/ui/scripts/references.js");

const LINES = {
  "": [],
  "\n \n\t\r\n": [],
  "\u200b\n\ufeff \u2060\n\u00ad\n\u00a0\n\u180e\u200e": [],
  "a\r\nb\rc\n": ["a", "b", "c"],
  " \u200ba b\u2060 ": ["a b"],
};

for (const [text, lines] of Object.entries(LINES)) {
  test(`lines of ${JSON.stringify(text)}`, () => assert.deepEqual(linesOf(text), lines));
}

test("a box that is not there has no lines", () => {
  assert.deepEqual(listsOf({ images: "a" }), { images: ["a"], videos: [], audios: [] });
});

test("links in one go are parted by blanks of every kind and by commas", () => {
  assert.deepEqual(piecesOf(" a,b\u200b,\u2060c\u3000d\n"), ["a", "b", "c", "d"]);
  assert.deepEqual(piecesOf("\u200b"), []);
});

test("a mention is its field, its number, and where that stands", () => {
  const prompt = "Image 2 [Video 1] 图片3 audio ? imagery 4 image 123";
  const found = mentionsOf(prompt).map(({ field, number, start, end }) => [field, number, prompt.slice(start, end)]);
  assert.deepEqual(found, [
    ["images", 2, "2"],
    ["images", 3, "3"],
    ["videos", 1, "1"],
    ["audios", null, "?"],
  ]);
});

const FORM = { lists: { images: ["a", "b", "c"], videos: [], audios: [] }, prompt: "image 1, image 3; 图2" };

test("moving a reference renames its mentions", () => {
  const { lists, prompt, changes } = rearranged(FORM, "images", [2, 0, 1]);
  assert.deepEqual(lists.images, ["c", "a", "b"]);
  assert.equal(prompt, "image 2, image 1; 图3");
  assert.deepEqual(changes, [
    [1, 2],
    [2, 3],
    [3, 1],
  ]);
});

test("a mention of a removed reference keeps its place and says ?", () => {
  const { lists, prompt } = rearranged(FORM, "images", [1, 2]);
  assert.deepEqual(lists.images, ["b", "c"]);
  assert.equal(prompt, "image ?, image 2; 图1");
});
