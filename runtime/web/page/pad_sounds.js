// What the pads play: a place of their own, or that of the sound; of which class; whether locked; what they choke.

import { PADS } from "./music.js";
import { PART } from "./parts.js";

export class PadSounds {
  #page;
  #listeners = [];

  constructor(page) {
    this.#page = page;
    const { state, instrument } = page;
    for (const address of ["/lb/key", "/lb/key/lock", "/lb/key/choke"]) state.on(address, ([note]) => this.#tell(note));
    for (const address of ["/lb/z", "/lb/zi", "/lb/info", PART]) state.on(address, () => this.#tell());
    instrument.onModel(() => this.#tell());
  }

  // Called with the note of a pad that plays something else, or undefined if it may be any.
  onChange(listener) {
    this.#listeners.push(listener);
  }

  of(note) {
    const { state, instrument } = this.#page;
    const model = instrument.model;
    const own = state.all("/lb/key").get(note) ?? model?.key_map[note] ?? [];
    return {
      follows: own.length === 0,
      className: model ? classOf(model, own.length ? own : state.get("/lb/z") ?? model.default_latent) : "",
      isLocked: Boolean(state.all("/lb/key/lock").get(note)?.[0]),
      group: state.all("/lb/key/choke").get(note)?.[0] ?? model?.choke_groups?.[note] ?? 0,
    };
  }

  #tell(note) {
    if (note !== undefined && !PADS.includes(note)) return;
    for (const listener of this.#listeners) listener(note);
  }
}

// The class of the training sound that is nearest to a place; "" where the model knows none.
export function classOf(model, latent) {
  let nearest = null;
  let least = Infinity;
  for (const point of model.map_points) {
    let distance = 0;
    for (let index = 0; index < latent.length; index++) distance += (point.latent[index] - latent[index]) ** 2;
    if (distance < least) [nearest, least] = [point, distance];
  }
  return (nearest && model.classes[nearest.label])?.replaceAll("_", " ") ?? "";
}
