// Where the notes are that sound now. The instrument says so 30 times a second at most; in between they glide.

const NEARER_EACH_FRAME = 0.4;
const THERE = 1e-4;

export class Voices {
  #notes = new Map();

  constructor(isStill) {
    this.isStill = isStill;
  }

  get count() {
    return this.#notes.size;
  }

  // /lb/sounding: number, part, note, x, y, or the number alone once it is silent.
  hear([number, part, note, x, y]) {
    const known = this.#notes.get(number);
    if (x === undefined) this.#notes.delete(number);
    else if (known) Object.assign(known, { toX: x, toY: y });
    else this.#notes.set(number, { part, note, x, y, toX: x, toY: y });
  }

  clear() {
    this.#notes.clear();
  }

  // Go on by one frame; returns whether anything moves.
  step() {
    let moves = false;
    for (const note of this.#notes.values()) {
      const part = this.isStill ? 1 : NEARER_EACH_FRAME;
      note.x += (note.toX - note.x) * part;
      note.y += (note.toY - note.y) * part;
      moves ||= Math.abs(note.toX - note.x) + Math.abs(note.toY - note.y) > THERE;
    }
    return moves;
  }

  [Symbol.iterator]() {
    return this.#notes.values();
  }
}
