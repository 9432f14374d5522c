// Which PNG has no transparency, by its head alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { isOpaque } = await import("../../weryai_ui/ui/widgets/reference_tray/shrinking.js");

/** A PNG's beginning with this colour type and these chunks. */
const png = (type, ...chunks) =>
  new Blob([new Uint8Array([...Array(24).fill(0), 8, type, 0, 0, 0]), chunks.join("....")]);

const HEADS = [
  ["grey", png(0, "IDAT"), true],
  ["colours", png(2, "iCCP", "IDAT", "tRNS"), true],
  ["a palette", png(3, "IDAT"), false],
  ["grey with an alpha channel", png(4, "IDAT"), false],
  ["colours with an alpha channel", png(6, "IDAT"), false],
  ["one colour called clear", png(2, "tRNS", "IDAT"), false],
  ["a head beyond what is read", png(2, "iCCP"), false],
];

for (const [what, file, opaque] of HEADS) {
  test(`${what} is ${opaque ? "opaque" : "not taken for opaque"}`, async () => {
    assert.equal(await isOpaque(file), opaque);
  });
}
