// What was done in the tray, taken back and done again.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { Edits } = await import("../../weryai_ui/ui/widgets/reference_tray/edits.js");
const { rearranged } = await import("../../weryai_ui/ui/scripts/references.js");

const state = (images, prompt) => ({ lists: { images, videos: [], audios: [] }, prompt });

// The form after an edit that was noted.
function did(edits, before, after, deed = edits.begin()) {
  edits.note({ before, after, said: "done", deed });
  return after;
}

const A = state(["a", "b", "c"], "image 1, image 2, image 3");
const removed = () => {
  const { changes, ...after } = rearranged(A, "images", [0, 2]);
  assert.equal(changes.length, 2);
  return after;
};

test("an edit is taken back and done again", () => {
  const edits = new Edits();
  const after = did(edits, A, removed());
  assert.deepEqual(after, state(["a", "c"], "image 1, image ?, image 2"));
  assert.deepEqual(edits.back(after), A);
  assert.equal(edits.last(A), "");
  assert.deepEqual(edits.again(A), after);
  assert.equal(edits.last(after), "done");
});

test("edits are taken back from the last to the first, and a new one leaves nothing to be done again", () => {
  const edits = new Edits();
  const second = did(edits, did(edits, state(["a"], ""), state(["a", "b"], "")), state(["b", "a"], ""));
  const first = edits.back(second);
  assert.deepEqual(first.lists.images, ["a", "b"]);
  assert.deepEqual(edits.back(first).lists.images, ["a"]);
  did(edits, state(["a"], ""), state([], ""));
  assert.equal(edits.again(state([], "")), null);
});

test("what landed while a person went on stays when their edit is taken back", () => {
  const edits = new Edits();
  const upload = edits.begin();
  const after = did(edits, A, removed());
  assert.ok(!edits.isLast(upload));
  const landing = (lists) => ({ ...lists, images: [...lists.images, "landed"] });
  edits.landed(landing);
  const now = { lists: landing(after.lists), prompt: after.prompt };
  const back = edits.back(now);
  assert.deepEqual(back, state(["a", "b", "c", "landed"], "image 1, image 2, image 3"));
  assert.deepEqual(edits.again(back), now);
});

test("what comes of one deed is taken back at once", () => {
  const edits = new Edits();
  const deed = edits.begin();
  const one = did(edits, state([], ""), state(["a"], ""), deed);
  assert.ok(edits.isLast(deed));
  const two = did(edits, one, state(["a", "b"], ""), deed);
  assert.deepEqual(edits.back(two), state([], ""));
  assert.ok(!edits.isLast(deed));
});

const TYPED = [
  ["image 1, image ?, image 2 and more", "image 1, image 2, image 3 and more"],
  ["nothing of it, but image 2", "nothing of it, but image 3"],
];
for (const [prompt, taken] of TYPED) {
  test(`a prompt that was typed on keeps what was typed: ${prompt}`, () => {
    const edits = new Edits();
    const after = did(edits, A, removed());
    assert.deepEqual(edits.back({ ...after, prompt }), { ...A, prompt: taken });
  });
}

test("a file in place of another is the same reference", () => {
  const edits = new Edits();
  const after = did(edits, state(["a.heic"], "image 1"), state(["a.jpg"], "image 1"));
  const now = { ...after, prompt: "image 1 at night" };
  assert.deepEqual(edits.back(now), state(["a.heic"], "image 1 at night"));
});

test("a form that was filled anew is another form", () => {
  const edits = new Edits();
  did(edits, A, removed());
  const anew = state(["x"], "");
  assert.equal(edits.last(anew), "");
  assert.equal(edits.back(anew), null);
  const after = did(edits, anew, state([], ""));
  assert.deepEqual(edits.back(after), anew);
  assert.equal(edits.last(anew), "");
});
