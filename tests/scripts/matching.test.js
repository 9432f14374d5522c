// What is typed in the palette, against the names of commands.
import assert from "node:assert/strict";
import { test } from "node:test";

const { matching } = await import("../../weryai_ui/ui/scripts/matching.js");

/** @param {string[]} names */
const named = (...names) => names.map((text) => ({ text, also: "" }));
/** @param {string} typed @param {{ text: string, also: string }[]} all */
const found = (typed, all) => matching(typed, all).map(({ text }) => text);
const ALL = named("Generate", "Check only", "Go to: Length", "Example: Extend a clip", "Send to: Sandbox");

for (const [typed, names] of [
  ["", ["Generate", "Check only", "Go to: Length", "Example: Extend a clip", "Send to: Sandbox"]],
  ["  ", ["Generate", "Check only", "Go to: Length", "Example: Extend a clip", "Send to: Sandbox"]],
  ["GEN", ["Generate"]],
  ["to", ["Go to: Length", "Send to: Sandbox"]],
  ["clip example", ["Example: Extend a clip"]],
  ["go len", ["Go to: Length"]],
  ["generate clip", []],
  ["nothing", []],
]) {
  test(`"${typed}" finds ${names.length} of them`, () => assert.deepEqual(found(typed, ALL), names));
}

test("what begins a name comes before what begins a word, and that before what stands inside of one", () => {
  const all = named("Unshared", "Now share", "Share this");
  assert.deepEqual(found("share", all), ["Share this", "Now share", "Unshared"]);
});

test("a name is found in Chinese and by its English words", () => {
  const all = [
    { text: "生成", also: "Generate" },
    { text: "前往：提示词", also: "Go to: Prompt" },
  ];
  assert.deepEqual(found("提示", all), ["前往：提示词"]);
  assert.deepEqual(found("gen", all), ["生成"]);
});

test("accents make no difference, and no sign is one of a pattern", () => {
  assert.deepEqual(found("cafe", named("Café", "Tea")), ["Café"]);
  assert.deepEqual(found("(.*", named("Café", "A (.* B")), ["A (.* B"]);
});
