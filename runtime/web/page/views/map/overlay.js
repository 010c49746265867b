// What moves, on a canvas above the points: the place with its trail, sounding notes, children, the sound pointed at.

import { Cloud } from "./cloud.js";
import { colourOf } from "./palette.js";

const COLOURS = { ink: "--text", ground: "--surface", accent: "--accent", voice: "--warm" };

export class Overlay {
  #canvas;
  #context;
  #colours = {};

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
  }

  forgetColours() {
    for (const [name, variable] of Object.entries(COLOURS)) this.#colours[name] = colourOf(variable);
  }

  // `scene`: { camera, points, place, trail, voices, children, hovered, cursor }; places are [x, y], indices -1 for none.
  draw(scene, ratio, now) {
    this.#resize(scene.camera, ratio);
    const { camera } = scene;
    this.#trail(scene.trail, camera, now);
    scene.children.forEach(([x, y], index) => this.#child(camera.toScreen(x, y), index + 1));
    for (const voice of scene.voices) this.#voice(camera.toScreen(voice.x, voice.y));
    if (scene.place) this.#place(camera.toScreen(...scene.place));
    const radius = Cloud.radiusAt(camera.zoom) + 4;
    if (scene.hovered >= 0) this.#ring(this.#pointAt(scene, scene.hovered), radius, this.#colours.ink, []);
    if (scene.cursor >= 0) this.#ring(this.#pointAt(scene, scene.cursor), radius + 3, this.#colours.accent, [4, 3]);
  }

  #resize({ width, height }, ratio) {
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
    }
    if (!this.#colours.ink) this.forgetColours();
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
  }

  #pointAt({ camera, points }, index) {
    return camera.toScreen(points.x[index], points.y[index]);
  }

  #trail(trail, camera, now) {
    const context = this.#context;
    context.strokeStyle = this.#colours.accent;
    context.lineWidth = 3;
    context.lineCap = "round";
    let before = null;
    for (const step of trail.steps) {
      const here = camera.toScreen(step.x, step.y);
      const freshness = trail.freshness(step, now);
      if (before && freshness > 0) {
        context.globalAlpha = 0.8 * freshness;
        context.beginPath();
        context.moveTo(...before);
        context.lineTo(...here);
        context.stroke();
      }
      before = here;
    }
    context.globalAlpha = 1;
  }

  #place([left, top]) {
    const context = this.#context;
    for (const [colour, width] of [[this.#colours.ground, 6], [this.#colours.accent, 3]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.arc(left, top, 9, 0, 2 * Math.PI);
      for (const [across, along] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(left + 6 * across, top + 6 * along);
        context.lineTo(left + 15 * across, top + 15 * along);
      }
      context.stroke();
    }
  }

  #disc([left, top], radius, inside, edge, edgeWidth) {
    const context = this.#context;
    context.beginPath();
    context.arc(left, top, radius, 0, 2 * Math.PI);
    context.fillStyle = inside;
    context.fill();
    context.strokeStyle = edge;
    context.lineWidth = edgeWidth;
    context.stroke();
  }

  #voice(place) {
    this.#disc(place, 6, this.#colours.voice, this.#colours.ground, 2);
  }

  #child(place, number) {
    const context = this.#context;
    const [left, top] = place;
    this.#disc(place, 8, this.#colours.ground, this.#colours.ink, 1);
    context.fillStyle = this.#colours.ink;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(number), left, top + 0.5);
  }

  #ring([left, top], radius, colour, dashes) {
    const context = this.#context;
    context.setLineDash(dashes);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(left, top, radius, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
  }
}
