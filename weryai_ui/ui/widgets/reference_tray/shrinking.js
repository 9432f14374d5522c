// Photos of more bytes or pixels than the service takes, made smaller by this browser before they leave: upright, in sRGB,
// as JPEG. What it cannot decode, and what may be transparent, leaves as it is, and the server does the same.

const { bytes: BYTES, side: SIDE, qualities: QUALITIES } = studioData.photo;
const MOST_PIXELS = 120_000_000; // as phones take them; decoded that is half a gigabyte
const HEAD_BYTES = 1_000_000;
const OPAQUE = [0, 2]; // of a PNG: grey, and red, green and blue

/** @typedef {{ name: string, extension: string, size: number, width: number, height: number }} Original */
/** @typedef {{ file: Blob, name: string, madeOf: Original }} Smaller */

/** @type {Record<string, string>} */
const EXTENSIONS = { "image/jpeg": "jpg", "image/png": "png" };
/** @type {Map<string, File>} The photos that became smaller ones, by the link of these. */
const originals = new Map();

/** @param {File} file */
export const mayShrink = (file) => file.type in EXTENSIONS;
/** @param {string} link @param {File} file */
export const keepOriginal = (link, file) => originals.set(link, file);
/** @param {string} link */
export const originalOf = (link) => originals.get(link);

// The photo within the bounds. Null where it is within them, or has to leave as it is. `begins` hears that there is work.
/** @param {File} file @param {() => void} begins @returns {Promise<Smaller | null>} */
export async function smaller(file, begins) {
  if (!mayShrink(file)) return null;
  try {
    const { width, height } = await sizeOf(file);
    const scale = Math.min(1, SIDE / Math.max(width, height));
    if ((scale === 1 && file.size <= BYTES) || width * height > MOST_PIXELS) return null;
    if (file.type === "image/png" && !(await isOpaque(file))) return null;
    begins();
    const [shownWidth, shownHeight] = [width, height].map((side) => Math.round(side * scale));
    const made = await drawnBeside({
      file,
      width: shownWidth,
      height: shownHeight,
      qualities: QUALITIES,
      bytes: BYTES,
    });
    const madeOf = { name: file.name, extension: EXTENSIONS[file.type], size: file.size, width, height };
    return made && { file: made, name: file.name.replace(/\.png$/i, ".jpg"), madeOf };
  } catch {
    return null;
  }
}

// Its size as shown, by its head alone.
/** @param {File} file @returns {Promise<{ width: number, height: number }>} */
function sizeOf(file) {
  const image = new Image();
  const address = URL.createObjectURL(file);
  /** @type {Promise<{ width: number, height: number }>} */
  const found = new Promise((done, failed) => {
    image.onload = () => done({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = failed;
  });
  image.src = address;
  return found.finally(() => URL.revokeObjectURL(address));
}

// Whether a PNG has no transparency at all: by its colour type, and no colour of it called clear.
/** @param {Blob} file */
export async function isOpaque(file) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const before = new TextDecoder("latin1").decode(head).split("IDAT", 2);
  return OPAQUE.includes(head[25]) && before.length === 2 && !before[0].includes("tRNS");
}

/** @typedef {{ file: File, width: number, height: number, qualities: number[], bytes: number }} Order */

// The best JPEG of that size that is light enough; null where none is. Its text is all that a worker gets: it may use
// nothing else of this module.
/** @param {Order} order @returns {Promise<Blob | null>} */
async function drawn({ file, width, height, qualities, bytes }) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false, colorSpace: "srgb", willReadFrequently: true });
  if (!context) return null;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  for (const quality of qualities) {
    const made = await canvas.convertToBlob({ type: "image/jpeg", quality: quality / 100 });
    if (made.size <= bytes) return made;
  }
  return null;
}

// Has it drawn beside the page, which would stand still for seconds. Null where this browser cannot.
/** @param {Order} order @returns {Promise<Blob | null>} */
function drawnBeside(order) {
  const text = `const drawn = ${drawn}; onmessage = ({ data }) => drawn(data).then(postMessage, () => postMessage(null));`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(address);
  /** @type {Promise<Blob | null>} */
  const made = new Promise((done) => {
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = () => done(null);
    worker.postMessage(order);
  });
  return made.finally(() => {
    worker.terminate();
    URL.revokeObjectURL(address);
  });
}
