// The sound: named axes as knobs, the numbers of its place as bars, how far outside the data it is, the morph pad.

import { axes } from "./sound_axes.js";
import { latents } from "./sound_latents.js";
import { morph } from "./sound_morph.js";
import { presets } from "./sound_presets.js";

export const label = "Sound";

export function build(panel, page) {
  panel.classList.add("sound");
  panel.append(axes(panel, page), latents(page), morph(page), presets(page));
}
