// What a reference is for, as a phrase in the prompt.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { roleIn, rolesOf, withRole } = await import("../../weryai_ui/ui/widgets/reference_tray/roles.js");
const { mentionsOf } = await import("../../weryai_ui/ui/scripts/references.js");
const { choose } = await import("../../weryai_ui/ui/scripts/words.js");

const FIELDS = ["images", "videos", "audios"];

test("each field has its own roles", () => {
  const counts = FIELDS.map((field) => rolesOf(field).length);
  assert.deepEqual(counts, [7, 5, 4]);
});

for (const language of ["en", "zh"]) {
  test(`every role is a mention and is read again: ${language}`, () => {
    choose(language);
    for (const field of FIELDS) {
      for (const role of rolesOf(field)) {
        const { prompt, end } = withRole("", 0, field, 2, role);
        assert.equal(end, prompt.length);
        const mentions = mentionsOf(prompt).map((each) => [each.field, each.number]);
        assert.deepEqual(mentions, [[field, 2]], prompt);
        assert.equal(roleIn(prompt, field, 2)?.role, role);
        assert.equal(roleIn(prompt, field, 1), null);
      }
    }
  });
}

const GIVEN = [
  ["", 0, "Image 2 is the character."],
  ["A boat drifts", 13, "A boat drifts. Image 2 is the character."],
  ["A boat drifts. ", 15, "A boat drifts. Image 2 is the character."],
  ["A boat drifts.", 0, "Image 2 is the character. A boat drifts."],
  ["一只船漂过", 5, "一只船漂过。图片 2 是角色。"],
  ["Image 2 is the character at dawn", 0, "Image 2 is the character at dawn"],
  ["So image 2 is the place, at dawn.", 3, "So Image 2 is the character, at dawn."],
];
for (const [prompt, at, expected] of GIVEN) {
  test(`a role goes into ${JSON.stringify(prompt)}`, () => {
    choose("en");
    const once = withRole(prompt, at, "images", 2, "character");
    assert.equal(once.prompt, expected);
    assert.equal(withRole(once.prompt, once.end, "images", 2, "character").prompt, expected);
  });
}

test("a role that is taken away takes its phrase along", () => {
  const { prompt, end } = withRole("A boat. Image 1 sets the style. At dawn.", 0, "images", 1, "");
  assert.deepEqual([prompt, end], ["A boat. At dawn.", 8]);
  assert.equal(withRole("A boat. Image 1 sets the style.", 0, "images", 1, "").prompt, "A boat.");
  assert.equal(withRole("A boat.", 0, "images", 1, "").prompt, "A boat.");
});
