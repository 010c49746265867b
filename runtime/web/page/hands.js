// How this page is played by hand: what the computer's keys play, from which key on, and how hard. Views show and set
// it; what is held is in held.js.

import { Held } from "./held.js";
import { FIRST_PAD, HIGHEST_NOTE, OCTAVE } from "./music.js";

const MIDDLE_C = 60;
const SHOWN_KEYS = 2 * OCTAVE;

export class Hands {
  #listeners = [];

  constructor(connection, instrument) {
    this.held = new Held(connection);
    this.keysPlay = "pads"; // or "keyboard", or "nothing"
    this.lowest = FIRST_PAD; // of the keyboard
    this.velocity = 100; // of what cannot be struck harder or softer
    let wasPitched = null;
    instrument.onModel((model) => {
      if (model.pitched === wasPitched) return;
      wasPitched = model.pitched;
      this.set({ lowest: model.pitched ? MIDDLE_C : FIRST_PAD, keysPlay: model.pitched ? "keyboard" : "pads" });
    });
  }

  // Called now and at every change.
  onChange(listener) {
    this.#listeners.push(listener);
    listener(this);
  }

  set(changes) {
    Object.assign(this, changes);
    this.lowest = Math.min(Math.max(this.lowest, 0), OCTAVE * Math.floor((HIGHEST_NOTE - SHOWN_KEYS) / OCTAVE));
    this.velocity = Math.min(Math.max(Math.round(this.velocity), 1), 127);
    for (const listener of this.#listeners) listener(this);
  }

  shiftOctave(by) {
    this.set({ lowest: this.lowest + by * OCTAVE });
  }
}
