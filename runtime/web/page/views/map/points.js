// The sounds of the model as points, in arrays: there may be ten thousand of them.

export class Points {
  constructor(model) {
    const points = model?.map_points ?? [];
    this.count = points.length;
    this.classes = model?.classes ?? [];
    this.x = Float32Array.from(points, (point) => point.x);
    this.y = Float32Array.from(points, (point) => point.y);
    this.labels = Int16Array.from(points, (point) => point.label);
    this.hidden = new Set();
  }

  className(index) {
    const label = this.labels[index];
    return label < 0 ? "" : this.classes[label].replaceAll("_", " ");
  }

  // In words, for who does not see it.
  describe(index) {
    return `${this.className(index) || "sound"}, sound ${index + 1} of ${this.count}`;
  }

  labelsInUse() {
    return [...new Set(this.labels)].sort((a, b) => (a < 0) - (b < 0) || a - b);
  }

  countOf(label) {
    return this.labels.reduce((count, one) => count + (one === label), 0);
  }

  // The point nearest to a place, at most `farthest` away in map units, among those shown; -1 if there is none.
  nearest(x, y, farthest = Infinity) {
    let best = -1;
    let least = farthest * farthest;
    for (let index = 0; index < this.count; index++) {
      const across = this.x[index] - x;
      const along = this.y[index] - y;
      const distance = across * across + along * along;
      if (distance <= least && !this.hidden.has(this.labels[index])) {
        least = distance;
        best = index;
      }
    }
    return best;
  }

  // The nearest point in a direction (right, up: -1, 0 or 1) from a place, sooner one straight ahead; -1 if none.
  towards(x, y, right, up, except = -1) {
    let best = -1;
    let least = Infinity;
    for (let index = 0; index < this.count; index++) {
      if (index === except || this.hidden.has(this.labels[index])) continue;
      const ahead = (this.x[index] - x) * right + (this.y[index] - y) * up;
      const aside = Math.abs((this.x[index] - x) * up + (this.y[index] - y) * right);
      if (ahead > 0 && aside <= 2 * ahead && ahead + 2 * aside < least) {
        least = ahead + 2 * aside;
        best = index;
      }
    }
    return best;
  }

  // All that are shown, nearest to a place first.
  byDistance(x, y) {
    const far = (index) => (this.x[index] - x) ** 2 + (this.y[index] - y) ** 2;
    return Array.from({ length: this.count }, (_, index) => index)
      .filter((index) => !this.hidden.has(this.labels[index]))
      .sort((a, b) => far(a) - far(b));
  }
}
