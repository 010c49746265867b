// The part of the view that is drawn: two canvases, one above the other, and what hands and keys do on them.

import { element } from "../../elements.js";
import { PART } from "../../parts.js";
import { Camera } from "./camera.js";
import { Cloud } from "./cloud.js";
import { followGestures } from "./gestures.js";
import { Overlay } from "./overlay.js";
import { Points } from "./points.js";
import { followKeys, HELP } from "./shortcuts.js";
import { Trail } from "./trail.js";
import { Travel } from "./travel.js";
import { Voices } from "./voices.js";

const REACH_PIXELS = 16;
const FINEST_RATIO = 2;

export class Surface {
  #page;
  #auditions;
  #cloudCanvas = element("canvas", { "aria-hidden": "true" });
  #overlayCanvas = element("canvas", { "aria-hidden": "true" });
  #spoken = element("p", { class: "map-spoken", "aria-live": "polite" });
  #cloud = new Cloud(this.#cloudCanvas);
  #overlay = new Overlay(this.#overlayCanvas);
  #camera = new Camera();
  #points = new Points(null);
  #still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  #trail = new Trail(this.#still);
  #voices = new Voices(this.#still);
  #hovered = -1;
  #cursor = -1;
  #travel;
  #needsCloud = true;
  #frame = 0;
  #ratio = 1;

  constructor(page, auditions) {
    this.#page = page;
    this.#auditions = auditions;
    this.#travel = new Travel(page.connection, auditions);
    const help = element("p", { id: "map-help", class: "map-help" }, HELP);
    this.area = element(
      "div",
      {
        class: "map-area", tabindex: 0, role: "application", "aria-label": "Map of sounds",
        "aria-roledescription": "map", "aria-describedby": "map-help",
      },
      this.#cloudCanvas, this.#overlayCanvas,
    );
    this.root = element("div", { class: "map-surface" }, this.area, this.#spoken, help);
    this.#listen();
    followGestures(this.area, this.#hands());
    followKeys(this.area, this.#keys());
  }

  get points() {
    return this.#points;
  }

  get place() {
    const known = this.#page.state.get("/lb/map");
    return known?.length === 2 ? known : null;
  }

  layOut() {
    this.#ratio = Math.min(window.devicePixelRatio || 1, FINEST_RATIO);
    this.#camera.resize(this.area.clientWidth, this.area.clientHeight);
    this.redraw();
  }

  redraw() {
    this.#needsCloud = true;
    this.refresh();
  }

  // Draw what moves once more.
  refresh() {
    this.#frame ||= requestAnimationFrame((now) => this.#draw(now));
  }

  zoomIn(factor) {
    this.#camera.zoomIn(factor);
    this.redraw();
  }

  showAll() {
    this.#camera.showAll();
    this.redraw();
  }

  home() {
    if (this.place) this.#camera.centre(...this.place);
    this.redraw();
  }

  #listen() {
    const { state, instrument } = this.#page;
    instrument.onModel((model) => {
      this.#points = new Points(model);
      this.#hovered = this.#cursor = -1;
      this.#trail.clear();
      this.#voices.clear();
      this.#spoken.textContent = this.#points.count ? "" : "This model has no map.";
      this.redraw();
    });
    state.on("/lb/info", () => this.#voices.clear());
    state.on("/lb/map", (place) => {
      if (place.length === 2) this.#trail.add(...place);
      this.refresh();
    });
    state.on(PART, () => this.#trail.clear());
    state.on("/lb/sounding", (heard) => {
      this.#voices.hear(heard);
      this.refresh();
    });
    state.on("/lb/child", () => this.refresh());
    new ResizeObserver(() => this.layOut()).observe(this.area);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#cloud.forgetColours();
      this.#overlay.forgetColours();
      this.redraw();
    });
  }

  #hands() {
    const camera = this.#camera;
    return {
      hover: (left, top) => this.#hover(left, top),
      leave: () => this.#hover(-1e9, -1e9),
      begin: (left, top) => this.#travel.begin(...this.#aim(left, top)),
      travel: (left, top) => this.#travel.to(...camera.toPlace(left, top)),
      end: () => this.#travel.end(),
      pan: (right, down) => {
        camera.panBy(right, down);
        this.redraw();
      },
      zoom: (left, top, factor) => {
        camera.zoomAt(left, top, factor);
        this.redraw();
      },
    };
  }

  #keys() {
    return {
      pan: (right, down) => this.#hands().pan(right, down),
      zoomIn: (factor) => this.zoomIn(factor),
      showAll: () => this.showAll(),
      home: () => this.home(),
      step: (right, up) => this.#travel.step(this.place, right / this.#camera.zoom, up / this.#camera.zoom),
      endSteps: () => this.#travel.end(),
      towards: (right, up) => {
        const [x, y] = this.#cursor >= 0 ? this.#at(this.#cursor) : this.place ?? [0.5, 0.5];
        this.#point(this.#points.towards(x, y, right, up, this.#cursor));
      },
      next: (step) => {
        const order = this.#points.byDistance(...(this.place ?? [0.5, 0.5]));
        const at = order.indexOf(this.#cursor) + step;
        this.#point(order[Math.min(Math.max(at, 0), order.length - 1)] ?? -1);
      },
      jump: () => this.#jump(),
      hearAgain: () => this.#cursor >= 0 && this.#auditions.hearPlace(...this.#at(this.#cursor)),
    };
  }

  #at(index) {
    return [this.#points.x[index], this.#points.y[index]];
  }

  #under(left, top) {
    return this.#points.nearest(...this.#camera.toMap(left, top), REACH_PIXELS / this.#camera.scale);
  }

  // Where a press leads: to the very sound under it, if there is one.
  #aim(left, top) {
    const index = this.#under(left, top);
    return index >= 0 ? this.#at(index) : this.#camera.toPlace(left, top);
  }

  #hover(left, top) {
    const index = this.#under(left, top);
    if (index === this.#hovered) return;
    this.#hovered = index;
    this.area.title = index >= 0 ? this.#points.className(index) : "";
    if (index >= 0) this.#auditions.hearPlace(...this.#at(index));
    else this.#auditions.leave();
    this.refresh();
  }

  // Point at a sound by keyboard: it is shown, heard and named.
  #point(index) {
    if (index < 0) return;
    this.#cursor = index;
    this.#camera.reveal(...this.#at(index));
    this.#auditions.hearPlace(...this.#at(index));
    this.#spoken.textContent = this.#points.describe(index);
    this.redraw();
  }

  #jump() {
    if (this.#cursor < 0) return;
    this.#travel.begin(...this.#at(this.#cursor));
    this.#travel.end();
    this.#spoken.textContent = `Playing ${this.#points.describe(this.#cursor)}`;
  }

  #children() {
    const children = [...this.#page.state.all("/lb/child").values()];
    return children.filter(([x]) => x >= 0);
  }

  #draw(now) {
    this.#frame = 0;
    if (!this.area.clientWidth) return;
    if (this.#needsCloud) this.#cloud.draw(this.#points, this.#camera, this.#ratio);
    this.#needsCloud = false;
    const moves = this.#voices.step();
    this.#overlay.draw(
      {
        camera: this.#camera, points: this.#points, place: this.place, trail: this.#trail, voices: this.#voices,
        children: this.#children(), hovered: this.#hovered, cursor: this.#cursor,
      },
      this.#ratio, now,
    );
    this.area.dataset.voices = this.#voices.count;
    if (moves || this.#trail.isFading(now)) this.refresh();
  }
}
