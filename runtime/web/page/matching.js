// A sound of somebody's, brought to the page: uploaded, found in the instrument, and there to be compared.
//
//   matching.take(file)           from a drop or a file dialogue
//   matching.onChange((match) => …)   { name, status, text, id }: status "sending", "searching", "found" or "failed"

import { ask } from "./requests.js";

export const MOST_BYTES = 64 * 2 ** 20; // as the server has it
const STILL_WAITS = ["sending", "searching"];

export class Matching {
  #connection;
  #listeners = [];
  #match = null;

  constructor({ state, connection }) {
    this.#connection = connection;
    this.refines = false;
    state.on("/lb/encoding", ([name, share]) => {
      if (this.#isWaitedFor(name)) this.#set({ text: `Searching for a closer place: ${Math.round(100 * share)} %` });
    });
    state.on("/lb/encoded", ([name, distanceDb, outside, doubts]) => {
      if (!this.#isWaitedFor(name)) return;
      const doubt = doubts ? ` The instrument does not know such sounds: ${doubts}.` : "";
      this.#set({ status: "found", text: `${distanceDb.toFixed(1)} dB from what the instrument makes of it.${doubt}` });
    });
    state.on("/lb/error", ([, text]) => {
      if (this.#match?.status === "searching" && (text.startsWith(this.#match.name) || /encod/i.test(text))) {
        this.#set({ status: "failed", text });
      }
    });
    connection.onChange((status) => {
      if (status === "lost" && STILL_WAITS.includes(this.#match?.status)) {
        this.#set({ status: "failed", text: "The instrument was lost meanwhile: bring the sound again." });
      }
    });
  }

  // Called now, if there is something, and at every change.
  onChange(listener) {
    this.#listeners.push(listener);
    if (this.#match) listener(this.#match);
  }

  async take(file) {
    const match = { name: file.name, status: "sending", text: "Sending …", id: null };
    this.#match = match;
    this.#set({});
    if (file.size > MOST_BYTES) {
      this.#set({ status: "failed", text: `The sound is larger than ${MOST_BYTES / 2 ** 20} MB.` });
      return;
    }
    try {
      const sent = await (await ask(`/api/uploads?name=${encodeURIComponent(file.name)}`, "POST", file)).json();
      // A later one has taken its place.
      if (this.#match !== match) return;
      this.#set({ status: "searching", text: "Looking for its place …", id: sent.id, name: sent.name, path: sent.path });
      this.#connection.send("/lb/encode", sent.path, this.refines ? 1 : 0);
    } catch (error) {
      if (this.#match === match) this.#set({ status: "failed", text: error.message });
    }
  }

  // Search on from where it was found.
  refine() {
    if (this.#match?.status !== "found") return;
    this.#set({ status: "searching", text: "Searching for a closer place …" });
    this.#connection.send("/lb/encode", this.#match.path, 1);
  }

  #isWaitedFor(name) {
    return this.#match?.status === "searching" && this.#match.name === name;
  }

  #set(changes) {
    Object.assign(this.#match, changes);
    for (const listener of this.#listeners) listener(this.#match);
  }
}
