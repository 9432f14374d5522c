// The form that goes on from a film.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { continued } = await import("../../weryai_ui/ui/widgets/task_board/reusing.js");

test("the last frame comes behind the references, and the prompt says what it is", () => {
  assert.deepEqual(continued({ prompt: "A boat", duration: 5 }, "upload:a.jpg"), {
    prompt: "A boat. Image 1 is the first frame.",
    duration: 5,
    images: ["upload:a.jpg"],
  });
  const form = continued({ prompt: "小船。图片 1 是角色。", images: ["https://a"] }, "upload:a.jpg");
  assert.deepEqual(form, { prompt: "小船。图片 1 是角色。图片 2 是首帧。", images: ["https://a", "upload:a.jpg"] });
});

test("the last frame takes the place of the first frame that there was", () => {
  const form = { prompt: "Image 2 is the first frame. On it goes.", images: ["https://a", "upload:a.jpg"] };
  assert.deepEqual(continued(form, "upload:b.jpg"), { ...form, images: ["https://a", "upload:b.jpg"] });
});

test("its last seconds are the video to extend, in the place of those that were", () => {
  const form = continued({ prompt: "A boat", videos: ["https://a"] }, "upload:a.mp4", "videos");
  assert.deepEqual(form, { prompt: "A boat. Extend video 2.", videos: ["https://a", "upload:a.mp4"] });
  assert.deepEqual(continued(form, "upload:b.mp4", "videos"), { ...form, videos: ["https://a", "upload:b.mp4"] });
});
