// What is trained, as the instrument says it (OSC) and as its folder of runs has it (HTTP). Views read it from here.

import { getJson } from "../../requests.js";

const BUSY = ["starting", "reading", "rehearsing", "training", "finishing"];
const NOTHING = { stage: "", name: "", fraction: 0, text: "" };

export class Training {
  #page;
  #panel;
  #listeners = [];
  #asked = null; // { answer, settle }: what was asked for and is not answered yet

  // `panel` is the view's, whose being seen decides what is asked for how often.
  constructor(page, panel) {
    this.#page = page;
    this.#panel = panel;
    Object.assign(this, NOTHING);
    this.follows = false;
    this.needs = "";
    this.runs = [];
    const { state, connection } = page;
    // All is said anew after this: on connecting, and whenever another model plays.
    state.on("/lb/info", () => connection.send("/lb/training"));
    state.on("/lb/training", ([stage, name, fraction, text]) => this.#hear({ stage, name, fraction, text }));
    state.on("/lb/train/follow", ([on]) => {
      if (this.follows === Boolean(on)) return;
      this.follows = Boolean(on);
      this.#tell();
    });
    state.on("/lb/train/looked", () => this.#answered("/lb/train/looked"));
    state.on("/lb/error", ([, text]) => this.#settle(text));
    connection.onChange((status) => status === "lost" && this.#settle("The instrument was lost meanwhile."));
    document.addEventListener("visibilitychange", () => this.isSeen && this.refresh());
  }

  get isBusy() {
    return BUSY.includes(this.stage);
  }

  // Whether somebody looks just now.
  get isSeen() {
    return !document.hidden && !this.#panel.hidden;
  }

  // `listener(isTick)` is called now and at every change; at each second of a stage that goes on with true.
  onChange(listener) {
    this.#listeners.push(listener);
    listener(false);
  }

  // Send something that may be refused. Returns why, in sentences, or "" once it is answered at an address.
  ask(answer, ...message) {
    this.#settle("");
    this.#page.connection.send(...message);
    return new Promise((settle) => { this.#asked = { answer, settle }; });
  }

  async refresh() {
    this.#page.connection.send("/lb/training");
    try {
      Object.assign(this, await getJson("/api/training"));
    } catch (error) {
      this.#page.notices.say(error.message, "error");
    }
    this.#tell();
  }

  #hear(said) {
    const isTick = said.stage === this.stage && said.name === this.name;
    Object.assign(this, said);
    this.#tell(isTick);
    if (isTick) return;
    this.#answered("/lb/training");
    this.refresh();
  }

  #answered(address) {
    if (this.#asked?.answer === address) this.#settle("");
  }

  #settle(why) {
    this.#asked?.settle(why);
    this.#asked = null;
  }

  #tell(isTick = false) {
    for (const listener of this.#listeners) listener(isTick);
  }
}
