// Where the place has been lately.

const KEPT_MS = 3000;
const MOST = 240;

export class Trail {
  constructor(isStill) {
    // Where motion is unwanted nothing fades: the last way stays until the next one.
    this.isStill = isStill;
    this.steps = [];
  }

  add(x, y, now = performance.now()) {
    const last = this.steps.at(-1);
    if (this.isStill && last && now - last.at > KEPT_MS) this.steps = [];
    this.steps.push({ x, y, at: now });
    if (this.steps.length > MOST) this.steps.shift();
  }

  clear() {
    this.steps = [];
  }

  // Whether there is anything that will look different in a moment.
  isFading(now) {
    return !this.isStill && this.steps.length > 0 && now - this.steps.at(-1).at < KEPT_MS;
  }

  // 1 just now, 0 long ago.
  freshness(step, now) {
    return this.isStill ? 0.7 : Math.max(0, 1 - (now - step.at) / KEPT_MS);
  }
}
