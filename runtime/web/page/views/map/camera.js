// What part of the map is seen. Map coordinates are 0…1 with y upwards; the screen's are CSS pixels with y downwards.

const LARGEST_ZOOM = 60;
const SMALLEST_ZOOM = 0.5;
// Room around the whole map, so that sounds at its rim are not cut.
const FILLED = 0.92;

export class Camera {
  constructor() {
    this.width = this.height = 1;
    this.showAll();
  }

  // CSS pixels for the whole width of the map.
  get scale() {
    return this.zoom * FILLED * Math.min(this.width, this.height);
  }

  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  showAll() {
    this.x = this.y = 0.5;
    this.zoom = 1;
  }

  centre(x, y) {
    this.x = clamp(x, 0, 1);
    this.y = clamp(y, 0, 1);
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2];
  }

  toMap(left, top) {
    return [(left - this.width / 2) / this.scale + this.x, this.y - (top - this.height / 2) / this.scale];
  }

  // The same, but nowhere beyond the rim.
  toPlace(left, top) {
    return this.toMap(left, top).map((one) => clamp(one, 0, 1));
  }

  panBy(right, down) {
    this.centre(this.x - right / this.scale, this.y + down / this.scale);
  }

  // What is under a point of the screen stays there.
  zoomAt(left, top, factor) {
    const [x, y] = this.toMap(left, top);
    this.zoom = clamp(this.zoom * factor, SMALLEST_ZOOM, LARGEST_ZOOM);
    const [nowX, nowY] = this.toMap(left, top);
    this.centre(this.x + x - nowX, this.y + y - nowY);
  }

  zoomIn(factor) {
    this.zoomAt(this.width / 2, this.height / 2, factor);
  }

  // Bring a place into view if it is not.
  reveal(x, y, margin = 40) {
    const [left, top] = this.toScreen(x, y);
    if (left < margin || top < margin || left > this.width - margin || top > this.height - margin) this.centre(x, y);
  }
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
