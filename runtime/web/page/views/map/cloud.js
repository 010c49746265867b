// All points of the map on one canvas. Each look (colour and shape) is drawn once for a zoom, as a stamp; the stamps are
// put straight into the picture's bytes, which takes a few milliseconds for ten thousand points without any graphics
// card, several times less than drawing as many shapes.

import { colourOf, lookOf, trace } from "./palette.js";

const SMALLEST_RADIUS = 3;
const LARGEST_RADIUS = 9;
const OPACITY = 0.9;

export class Cloud {
  #canvas;
  #context;
  #picture = null;
  #words = null;
  #ground = 0;
  #stamps = new Map();

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
  }

  // Colours may have changed.
  forgetColours() {
    this.#stamps.clear();
    this.#ground = packed(pixelOf(colourOf("--surface")));
    if (this.#words) this.#words.fill(this.#ground);
  }

  // Radius of a point in CSS pixels.
  static radiusAt(zoom) {
    return Math.min(Math.max(SMALLEST_RADIUS * Math.sqrt(zoom), SMALLEST_RADIUS), LARGEST_RADIUS);
  }

  draw(points, camera, ratio) {
    this.#resize(Math.round(camera.width * ratio), Math.round(camera.height * ratio));
    this.#words.fill(this.#ground);
    const radius = Cloud.radiusAt(camera.zoom) * ratio;
    const stamps = new Map();
    for (const label of points.labelsInUse()) if (!points.hidden.has(label)) stamps.set(label, this.#stamp(label, radius));
    const scale = camera.scale * ratio;
    const left = (camera.width * ratio) / 2 - camera.x * scale;
    const top = (camera.height * ratio) / 2 + camera.y * scale;
    for (let index = 0; index < points.count; index++) {
      const stamp = stamps.get(points.labels[index]);
      if (stamp) this.#put(stamp, Math.round(left + points.x[index] * scale), Math.round(top - points.y[index] * scale));
    }
    this.#context.putImageData(this.#picture, 0, 0);
  }

  #resize(width, height) {
    if (this.#picture?.width === width && this.#picture?.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#picture = this.#context.createImageData(width, height);
    this.#words = new Uint32Array(this.#picture.data.buffer);
    if (!this.#ground) this.forgetColours();
  }

  // A square of pixels: { size, words (opaque colours), alphas (0…256) }.
  #stamp(label, radius) {
    const rounded = Math.round(2 * radius) / 2;
    const key = `${label} ${rounded}`;
    if (!this.#stamps.has(key)) this.#stamps.set(key, makeStamp(lookOf(label), rounded));
    return this.#stamps.get(key);
  }

  #put({ size, pixels }, x, y) {
    const { width, height } = this.#picture;
    const words = this.#words;
    const bytes = this.#picture.data;
    const left = x - (size >> 1);
    const top = y - (size >> 1);
    if (left + size <= 0 || top + size <= 0 || left >= width || top >= height) return;
    const first = Math.max(0, -left);
    const end = Math.min(size, width - left);
    for (let row = Math.max(0, -top); row < Math.min(size, height - top); row++) {
      let at = (top + row) * width + left + first;
      for (let column = first; column < end; column++, at++) {
        const word = pixels.words[row * size + column];
        const alpha = word >>> 24;
        if (alpha === 0) continue;
        const kept = 255 - alpha;
        const byte = 4 * at;
        words[at] =
          (0xff000000 |
            ((((word >>> 16) & 255) * alpha + bytes[byte + 2] * kept + 128) >> 8) << 16 |
            ((((word >>> 8) & 255) * alpha + bytes[byte + 1] * kept + 128) >> 8) << 8 |
            (((word & 255) * alpha + bytes[byte] * kept + 128) >> 8)) >>> 0;
      }
    }
  }
}

function makeStamp({ colour, shape }, radius) {
  const size = 2 * Math.ceil(1.4 * radius + 1) + 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.globalAlpha = OPACITY;
  context.fillStyle = colourOf(colour);
  trace(context, shape, size / 2, size / 2, radius);
  context.fill();
  return { size, pixels: { words: new Uint32Array(context.getImageData(0, 0, size, size).data.buffer) } };
}

function pixelOf(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.fillStyle = colour || "#fff";
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

// As a word of the picture, whose bytes are red, green, blue, alpha on every machine that browsers run on.
function packed([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
