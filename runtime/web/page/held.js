// The notes that are held on this page, each by what holds it: a finger, a key of the computer.
//
//   held.press("finger 3", 36, 100)      begins a note
//   held.release("finger 3")             ends it, unless something else holds the same note
//   held.tap(36, 100)                    strikes a note and lets it go
//   held.onChange((note, isHeld) => …)
//   held.onReleaseAll(() => …)           for what is held by other means, and has to be let go with all else
//
// All are let go when the page can no longer know what is held: when it loses the focus or is hidden. If the page or
// its connection goes, the instrument itself lets go of them.

const TAP_MS = 300;
const NOTE = "/lb/note";

export class Held {
  #connection;
  #bySource = new Map();
  #listeners = [];
  #lettingGo = [];
  #taps = 0;

  constructor(connection) {
    this.#connection = connection;
    for (const name of ["blur", "pagehide"]) window.addEventListener(name, () => this.releaseAll());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.releaseAll();
    });
    connection.onChange((status) => {
      if (status !== "open") this.releaseAll();
    });
  }

  onChange(listener) {
    this.#listeners.push(listener);
  }

  onReleaseAll(listener) {
    this.#lettingGo.push(listener);
  }

  press(source, note, velocity) {
    this.release(source);
    this.#bySource.set(source, note);
    this.#connection.send(NOTE, note, Math.min(Math.max(Math.round(velocity), 1), 127));
    this.#tell(note, true);
  }

  release(source) {
    const note = this.#bySource.get(source);
    if (note === undefined) return;
    this.#bySource.delete(source);
    if ([...this.#bySource.values()].includes(note)) return;
    this.#connection.send(NOTE, note, 0);
    this.#tell(note, false);
  }

  tap(note, velocity) {
    const source = `tap ${++this.#taps}`;
    this.press(source, note, velocity);
    setTimeout(() => this.release(source), TAP_MS);
  }

  releaseAll() {
    for (const source of [...this.#bySource.keys()]) this.release(source);
    for (const listener of this.#lettingGo) listener();
  }

  #tell(note, isHeld) {
    for (const listener of this.#listeners) listener(note, isHeld);
  }
}
