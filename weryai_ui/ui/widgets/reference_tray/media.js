// What a reference looks and sounds like, small in its tile or large in the dialog.
import { button, make, svg } from "../../scripts/dom.js";
import { form, learn } from "../../scripts/form.js";
import { url } from "../../scripts/server.js";
import { fill, wordsOf } from "../../scripts/words.js";

const BARS = 36;
const words = wordsOf("tray");
/** @type {Record<string, "img" | "video" | "audio">} */
export const TAGS = { images: "img", videos: "video", audios: "audio" };

/** @param {string} link @returns {Facts} */
export const factsOf = (link) => form.known[link] ?? {};
/** @param {string} link */
export const isUpload = (link) => link.startsWith("upload:");

// The name of a reference's file.
/** @param {string} link */
export function nameOf(link) {
  const { name } = factsOf(link);
  if (name) return name;
  try {
    const address = new URL(link);
    return decodeURIComponent(address.pathname.split("/").pop() ?? "") || address.host;
  } catch {
    return link;
  }
}

// Where the browser can read a reference; null where it cannot.
/** @param {string} link */
export function sourceOf(link) {
  const { src } = factsOf(link);
  if (isUpload(link)) return src ? url(src) : null;
  return /^https?:/i.test(link) ? link : null;
}

/** @param {"img" | "video" | "audio"} tag @param {string} link @param {boolean} isBig */
export function media(tag, link, isBig) {
  const node = make(tag);
  node.referrerPolicy = "no-referrer";
  if (tag === "img") {
    node.alt = "";
    node.loading = "lazy";
    node.onerror = () => {
      if (!isBig) node.replaceWith(words.gone);
    };
  } else {
    node.preload = "metadata";
    node.controls = isBig;
    node.muted = !isBig;
    // A link is measured here, where it plays; the server reads one only where its owner wants that.
    node.onloadedmetadata = () => {
      if (!isUpload(link) && Number.isFinite(node.duration)) learn(link, { duration_s: node.duration });
    };
  }
  const { preview } = factsOf(link);
  node.src = isBig || tag !== "img" || !preview ? sourceOf(link) : url(preview);
  if (tag === "video" && preview) node.poster = url(preview);
  return node;
}

/** @param {number[]} levels */
function waveform(levels) {
  const bars = levels.map((level, index) => {
    const height = Math.max(1.5, level * 40);
    return svg("rect", { x: index * 3, y: 20 - height / 2, width: 2, height, rx: 1 });
  });
  const shape = { viewBox: `0 0 ${levels.length * 3} 40`, preserveAspectRatio: "none", "aria-hidden": "true" };
  return svg("svg", shape, bars);
}

// The loudest moment of each of `BARS` pieces, the loudest of all as 1.
/** @param {Float32Array} samples */
function levelsOf(samples) {
  const step = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, bar) => {
    let peak = 0;
    const end = Math.min((bar + 1) * step, samples.length);
    for (let at = bar * step; at < end; at += 8) peak = Math.max(peak, Math.abs(samples[at]));
    return peak;
  });
  const top = Math.max(...peaks, 0.001);
  return peaks.map((peak) => peak / top);
}

// The sound's shape, from the bytes of an uploaded file on this origin; a sound behind a link keeps its word.
/** @param {HTMLElement} node @param {string} link */
async function drawSound(node, link) {
  node.textContent = words.sound;
  if (!isUpload(link)) {
    const probe = media("audio", link, false);
    probe.hidden = true;
    node.append(probe);
    return;
  }
  try {
    const bytes = await (await fetch(sourceOf(link) ?? "")).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 22050).decodeAudioData(bytes);
    node.replaceChildren(waveform(levelsOf(sound.getChannelData(0))));
  } catch {
    /* a format that this browser does not decode */
  }
}

/** @param {string} field @param {string} link @param {string} name @param {() => void} open */
export function thumb(field, link, name, open) {
  const node = button("", open, "thumb");
  node.setAttribute("aria-label", fill(words.preview, { item: name }));
  if (!sourceOf(link)) node.textContent = words.gone;
  else if (field === "audios") drawSound(node, link);
  else node.append(media(field === "images" || factsOf(link).preview ? "img" : "video", link, false));
  return node;
}
