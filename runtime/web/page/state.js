// What the instrument has said last, by address. Views read it and listen to it; none keeps a copy of its own.
//
//   state.get("/lb/axis/brightness")              → [0.4], or undefined
//   state.on("/lb/axis/brightness", (args) => …)  now, if it is known, and at every change
//   state.on("/lb/morph", (args) => …, [0, 0])    the same, and where nothing has been told it is [0, 0]
//   state.all("/lb/presetinfo")                   → Map: first argument → the others, for messages that are a list

import { heardBy, isOfAll, PART } from "./parts.js";

// Messages of which the first argument says what they are about.
const LISTS = new Set([
  "/lb/axisinfo", "/lb/key", "/lb/key/lock", "/lb/key/choke", "/lb/presetinfo", "/lb/kitinfo",
  "/lb/modelinfo", "/lb/outputinfo", "/lb/midiportinfo", "/lb/morph/stored", "/lb/child",
]);
// A list that begins anew when this is said.
const BEGINS = new Map([
  ["/lb/presets", "/lb/presetinfo"],
  ["/lb/children", "/lb/child"],
  ["/lb/kits", "/lb/kitinfo"],
  ["/lb/models", "/lb/modelinfo"],
  ["/lb/outputs", "/lb/outputinfo"],
  ["/lb/midiports", "/lb/midiportinfo"],
]);
// One number of the place, as it is sent and as it is told: (index, value).
const DIMENSION = /^\/lb\/z\/([0-9]+)$/;
const DIMENSION_TOLD = "/lb/zi";
const PLACE = "/lb/z";
// After this all is said anew: another model, or a new connection.
const ANEW = "/lb/info";

export class State {
  part = 1; // 1…16, the one that this page speaks to and hears of
  #values = new Map();
  #lists = new Map();
  #listeners = new Map();
  #everything = [];

  get(address) {
    return this.#values.get(address);
  }

  all(address) {
    return this.#lists.get(address) ?? new Map();
  }

  on(address, listener, usual = undefined) {
    if (!this.#listeners.has(address)) this.#listeners.set(address, new Map());
    this.#listeners.get(address).set(listener, usual);
    const known = this.#values.get(address) ?? usual;
    if (known) listener(known, address);
    return () => this.#listeners.get(address).delete(listener);
  }

  // Called with (args, address) for every message.
  onAny(listener) {
    this.#everything.push(listener);
  }

  // A frame of the web socket: a list of messages.
  hear(messages) {
    for (const [told, ...args] of messages) {
      const address = heardBy(this.part, told);
      if (address) this.move(address, args);
    }
  }

  // Know nothing but of another part from now on. Whoever calls this asks how that one stands.
  speakTo(part) {
    this.part = part;
    this.#forget((address) => !isOfAll(address));
    this.move(PART, [part]);
  }

  move(address, args) {
    const dimension = DIMENSION.exec(address);
    if (dimension || address === DIMENSION_TOLD) {
      const [index, value] = dimension ? [Number(dimension[1]), args[0]] : args;
      const place = this.#values.get(PLACE);
      if (place) this.move(PLACE, place.with(index - 1, value));
      return;
    }
    if (address === ANEW) this.#forget(() => true);
    this.#lists.delete(BEGINS.get(address));
    if (LISTS.has(address)) {
      if (!this.#lists.has(address)) this.#lists.set(address, new Map());
      this.#lists.get(address).set(args[0], args.slice(1));
    }
    this.#values.set(address, args);
    for (const listener of this.#listeners.get(address)?.keys() ?? []) listener(args, address);
    for (const listener of this.#everything) listener(args, address);
  }

  #forget(isForgotten) {
    const forgotten = [...this.#values.keys()].filter(isForgotten);
    for (const address of forgotten) {
      this.#values.delete(address);
      this.#lists.delete(address);
    }
    for (const address of forgotten) {
      for (const [listener, usual] of this.#listeners.get(address) ?? []) if (usual) listener(usual, address);
    }
  }
}
