// The model that plays: its axes, classes, map points, presets … as its file has them (GET /api/document/model).
//
//   instrument.onModel((model) => …)   now, if it is known, and whenever another one plays

import { ask } from "./requests.js";

export class Instrument {
  #listeners = [];
  #asked = 0;
  #text = "";

  constructor(state, notices) {
    this.model = null;
    // Said on connecting, and when another model plays.
    state.on("/lb/info", () => this.#ask(notices));
  }

  onModel(listener) {
    this.#listeners.push(listener);
    if (this.model) listener(this.model);
  }

  async #ask(notices) {
    const asked = ++this.#asked;
    try {
      const text = await (await ask("/api/document/model")).text();
      // An answer that was overtaken by a later question is of no interest. The whole is compared: an instrument that
      // has only just begun to learn has the weights of the one it began with, and another name and map.
      if (asked !== this.#asked || text === this.#text) return;
      this.#text = text;
      this.model = JSON.parse(text);
    } catch (error) {
      notices.say(error.message, "error");
      return;
    }
    for (const listener of this.#listeners) listener(this.model);
  }
}
