// A picture made small on the device: decoded upright, painted anew, saved as a JPEG. Nothing of
// the file itself goes on, not the place where it was taken and not the device that took it.
import { PHOTO_LIMIT } from "../wire";

/** Pixels that a phone can be asked to decode: 50 million are 200 MB. */
const MOST_PIXELS = 50_000_000;
/** Bytes of a file that is opened at all. */
const MOST_BYTES = 60_000_000;
/** Long side and quality, tried in turn until it fits. */
const STEPS: readonly [side: number, quality: number][] = [
  [1600, 0.82],
  [1600, 0.68],
  [1200, 0.6],
  [900, 0.5],
];
/** Bytes that are read to find the size: phones put a small copy and the place before it. */
const HEAD = 262_144;

/** Why a picture cannot be taken. */
export class NoPicture extends Error {
  constructor(readonly why: "kind" | "large" | "broken") {
    super(why);
  }
}

/** A JPEG of at most 1,600 pixels and 600 kB. Throws `NoPicture`. */
export async function shrink(file: Blob): Promise<Blob> {
  if (file.type === "image/svg+xml" || (file.type && !file.type.startsWith("image/")))
    throw new NoPicture("kind");
  if (file.size > MOST_BYTES) throw new NoPicture("large");
  const [width, height] = size(new DataView(await file.slice(0, HEAD).arrayBuffer())) ?? [0, 0];
  if (width * height > MOST_PIXELS) throw new NoPicture("large");
  const picture = await decoded(file, width);
  try {
    for (const [side, quality] of STEPS) {
      const small = await painted(picture, side, quality);
      if (small.size <= PHOTO_LIMIT) return small;
    }
  } finally {
    picture.close();
  }
  throw new NoPicture("large");
}

/** Decoded beside the page's own work, at once in the size that is needed. */
async function decoded(file: Blob, width: number): Promise<ImageBitmap> {
  const [[side]] = STEPS as [[number, number]];
  const options: ImageBitmapOptions = { imageOrientation: "from-image" };
  if (width > side) Object.assign(options, { resizeWidth: side, resizeQuality: "high" });
  try {
    return await createImageBitmap(file, options);
  } catch {
    throw new NoPicture("broken");
  }
}

function painted(picture: ImageBitmap, side: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const brush = canvas.getContext("2d");
  if (!brush) throw new NoPicture("broken");
  brush.fillStyle = "white"; // under what is clear
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.imageSmoothingQuality = "high";
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new NoPicture("broken"))),
      "image/jpeg",
      quality,
    ),
  );
}

/** Width and height as the file's head says, where we can read it: a picture of a hundred million
 *  pixels is told before it is decoded. */
function size(head: DataView): [number, number] | undefined {
  const { byteLength: end } = head;
  if (end > 24 && head.getUint32(0) === 0x89504e47) return [head.getUint32(16), head.getUint32(20)];
  if (end < 4 || head.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 < end && head.getUint8(at) === 0xff; ) {
    const marker = head.getUint8(at + 1);
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [head.getUint16(at + 7), head.getUint16(at + 5)];
    at += 2 + head.getUint16(at + 2);
  }
  return undefined;
}
