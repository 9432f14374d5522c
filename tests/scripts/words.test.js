// Words in two languages, and lengths of time in them.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { choose, duration, fill, language, relabel, say, speaking, wordsOf } = await import(
  "../../weryai_ui/ui/scripts/words.js"
);

test("places in a sentence are filled by name", () => assert.equal(fill("{a} of {b}", { a: 1, b: "two" }), "1 of two"));

test("whatever writes words is called again when another language is chosen, and not when the same is", () => {
  choose("en");
  const heard = [];
  speaking(() => heard.push(language()));
  choose("en");
  choose("zh");
  assert.deepEqual(heard, ["en", "zh"]);
  assert.notEqual(say("label.prompt"), "Prompt");
  assert.equal(wordsOf("label").prompt, say("label.prompt"));
});

test("components get words where they do not have them yet", () => {
  choose("zh");
  const [update] = relabel([{ label: "label.prompt", choices: [["16:9", "16:9"]] }]);
  assert.deepEqual(update, { __type__: "update", label: say("label.prompt"), choices: [["16:9", "16:9"]] });
  assert.deepEqual(relabel([{ label: "label.prompt" }]), [undefined]);
});

for (const [seconds, words] of [
  [-1, "0 s"],
  [59.9, "59 s"],
  [61, "1 min 01 s"],
  [3661, "1 h 01 min"],
]) {
  test(`${seconds} seconds in words`, () => {
    choose("en");
    assert.equal(duration(seconds), words);
  });
}
