// The model that plays: its axes, classes, map points, presets … as its file has them (GET /api/document/model).
//
//   instrument.onModel((model) => …)   now, if it is known, and whenever another one plays

import { getJson } from "./requests.js";

export class Instrument {
  #listeners = [];
  #asked = 0;

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
      const model = await getJson("/api/document/model");
      // An answer that was overtaken by a later question is of no interest.
      if (asked !== this.#asked || model.hash === this.model?.hash) return;
      this.model = model;
    } catch (error) {
      notices.say(error.message, "error");
      return;
    }
    for (const listener of this.#listeners) listener(this.model);
  }
}
