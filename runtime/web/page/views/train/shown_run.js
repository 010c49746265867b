// The run that the view shows: the one that goes on, or one that somebody has opened.
//
//   run.onChange(() => … run.name, run.stage, run.progress, run.found …)

import { getJson } from "../../requests.js";

const EMPTY = {
  stage: "", fraction: 0, step: 0, seconds: 0, seconds_left: null,
  curve: { seconds: [], step: [], loss: [] }, hearings: [], sounds: [], lines: [],
};

export class ShownRun {
  #training;
  #listeners = [];
  #told = ""; // run and stage that were told last
  #isAsking = false;
  #isStale = false;

  constructor(training) {
    this.#training = training;
    this.#begin("");
    training.onChange((isTick) => this.#follow(isTick));
  }

  // Whether the instrument speaks of this one, and whether it goes on.
  get isTold() {
    return this.name !== "" && this.name === this.#training.name;
  }

  get isBusy() {
    return this.isTold && this.#training.isBusy;
  }

  // "starting" … "finishing" while it goes on; then "done", "stopped" or "failed", and "" if nobody knows why it ended.
  get stage() {
    if (this.isTold) return this.#training.stage;
    return this.progress.stage === "done" ? "done" : "";
  }

  // 0…1 of the stage.
  get fraction() {
    return this.#training.fraction;
  }

  // What the instrument says of the stage, at the end where the file is or what went wrong.
  get text() {
    return this.isTold ? this.#training.text : "";
  }

  // What the list of runs says of it; undefined before its folder is there.
  get about() {
    return this.#training.runs.find((one) => one.name === this.name);
  }

  onChange(listener) {
    this.#listeners.push(listener);
    listener();
  }

  open(name) {
    if (name !== this.name) this.#begin(name);
    this.#tell();
    this.#ask();
  }

  close() {
    this.#begin("");
    this.#tell();
  }

  #begin(name) {
    this.name = name;
    this.since = Date.now(); // tells one run from another of the same name, and its files
    this.isKnown = false; // whether it has been asked how it goes
    this.progress = EMPTY;
    this.found = null;
  }

  #follow(isTick) {
    const { name, stage, isSeen } = this.#training;
    const told = `${stage} ${name}`;
    if (name && told !== this.#told) {
      // What begins is shown, whatever is open, and under its name there may have been another one before. What somebody
      // has closed stays closed until there is news of it.
      if (stage === "starting") this.#begin(name);
      if (!this.name) this.open(name);
    }
    this.#told = told;
    if (!this.name) return;
    if (isTick && !(this.isTold && isSeen)) return;
    this.#tell();
    this.#ask();
  }

  async #ask() {
    // Before it is in the list it has said nothing.
    if (!this.about) return;
    // What comes while an answer is awaited is asked for once more afterwards.
    this.#isStale = this.#isAsking;
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { since } = this;
    const path = `/api/runs/${encodeURIComponent(this.name)}`;
    // A run that was removed meanwhile stays as it was last seen.
    const progress = await getJson(`${path}/progress`).catch(() => ({}));
    const found = this.found ?? await getJson(`${path}/folder`).catch(() => null);
    this.#isAsking = false;
    if (since === this.since) {
      this.isKnown = true;
      this.progress = { ...this.progress, ...progress };
      this.found = found?.folder ? found : null;
      this.#tell();
    }
    if (this.#isStale) this.#ask();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
