// Playing by hand: sixteen pads, a keyboard, and what the computer's keys do.

import { element } from "../elements.js";
import { PadSounds } from "../pad_sounds.js";
import { buildKeyboard } from "./play/keyboard.js";
import { buildKits } from "./play/kits.js";
import { buildPadPanel } from "./play/pad_panel.js";
import { buildPads } from "./play/pads.js";
import { buildPlaySettings } from "./play/settings.js";

export const label = "Play";

export function build(panel, page) {
  const sounds = new PadSounds(page);
  const padPanel = buildPadPanel(page, sounds);
  panel.append(
    element(
      "div", { class: "pads-and-panel" },
      element("section", { "aria-label": "Pads" }, buildPads(page.hands, sounds, padPanel.select)),
      element("div", { class: "beside-pads" }, padPanel.element, buildKits(page, sounds, padPanel)),
    ),
    buildPlaySettings(page.hands),
    element("section", { "aria-label": "Keyboard" }, buildKeyboard(page.hands)),
  );
}
