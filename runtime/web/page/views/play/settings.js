// What the computer's keys play, from which octave on and how hard.

import { button, element } from "../../elements.js";
import { noteName } from "../../music.js";

const CHOICES = { pads: "the pads", keyboard: "the keyboard", nothing: "nothing" };

export function buildPlaySettings(hands) {
  const choice = element(
    "select", { id: "keys-play", onchange: () => hands.set({ keysPlay: choice.value }) },
    ...Object.entries(CHOICES).map(([value, text]) => element("option", { value }, text)),
  );
  const octave = element("output", { "aria-live": "polite" });
  const velocity = element("input", {
    type: "range", id: "keys-velocity", min: 1, max: 127, oninput: () => hands.set({ velocity: velocity.value }),
  });
  const shown = element("output", { for: "keys-velocity" });
  hands.onChange(() => {
    choice.value = hands.keysPlay;
    velocity.value = hands.velocity;
    shown.textContent = hands.velocity;
    octave.textContent = `from ${noteName(hands.lowest)}`;
  });
  return element(
    "div", { class: "row play-settings" },
    element("label", { for: "keys-play" }, "Computer keys play"), choice,
    element("label", { for: "keys-velocity" }, "how hard"), velocity, shown,
    element("span", { class: "spring" }),
    element("span", {}, "Keyboard "), octave,
    button("Octave down", () => hands.shiftOctave(-1)), button("Octave up", () => hands.shiftOctave(1)),
    element("p", { class: "hint" }, "Lower on a pad or key is louder. With the keyboard: Z and X shift the octave, C and "
      + "V how hard. The space bar writes the last note as a file."),
  );
}
