// The computer's keys as keys of the instrument, whichever view is open, unless somebody is typing. By their place on
// the keyboard, not by what is printed on them. It can be turned off: see "Computer keys play" in the view Play.

import { PADS } from "./music.js";
import { isOperated, isTyping, wasByPointer } from "./typing.js";

const KEYBOARD_KEYS = [
  "KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK", "KeyO",
  "KeyL", "KeyP", "Semicolon", "Quote",
];
// From the first pad on, as the pads lie: four rows, the lowest first.
const PAD_KEYS = [
  "KeyZ", "KeyX", "KeyC", "KeyV", "KeyA", "KeyS", "KeyD", "KeyF", "KeyQ", "KeyW", "KeyE", "KeyR",
  "Digit1", "Digit2", "Digit3", "Digit4",
];
const VELOCITY_STEP = 20;
const SHIFTS = {
  KeyZ: (hands) => hands.shiftOctave(-1),
  KeyX: (hands) => hands.shiftOctave(1),
  KeyC: (hands) => hands.set({ velocity: hands.velocity - VELOCITY_STEP }),
  KeyV: (hands) => hands.set({ velocity: hands.velocity + VELOCITY_STEP }),
};

// Which note a key plays, or undefined.
function noteOf(code, hands) {
  const codes = { keyboard: KEYBOARD_KEYS, pads: PAD_KEYS }[hands.keysPlay] ?? [];
  const index = codes.indexOf(code);
  if (index < 0) return undefined;
  return hands.keysPlay === "pads" ? PADS[index] : hands.lowest + index;
}

// What is printed on the key that plays a note, on a keyboard of English letters; "" for none.
export function printedOn(note, hands, what) {
  if (hands.keysPlay !== what) return "";
  const code = what === "pads" ? PAD_KEYS[PADS.indexOf(note)] : KEYBOARD_KEYS[note - hands.lowest];
  return { Semicolon: ";", Quote: "'" }[code] ?? code?.slice(-1) ?? "";
}

export function listenToComputerKeys(hands) {
  const strike = (event) => {
    if (event.key === "Meta") hands.held.releaseAll(); // Some systems keep the release of other keys to themselves then.
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const note = noteOf(event.code, hands);
    const shift = hands.keysPlay === "keyboard" ? SHIFTS[event.code] : undefined;
    if (note === undefined && !shift) return;
    // Some browsers search the page for what is typed.
    event.preventDefault();
    if (event.repeat) return;
    if (shift) shift(hands);
    else hands.held.press(`key ${event.code}`, note, hands.velocity);
  };
  // What was reached by the keyboard sees its keys first, a knob its digits. What has the focus from a click does not:
  // a knob that was dragged must not take the keys from the pads.
  window.addEventListener("keydown", (event) => isOperated(event.target) || strike(event), true);
  window.addEventListener("keydown", strike);
  window.addEventListener("change", ({ target }) => {
    if (target.tagName === "SELECT" && wasByPointer()) target.blur();
  });
  // Wherever the focus has gone meanwhile.
  window.addEventListener("keyup", (event) => hands.held.release(`key ${event.code}`), true);
}
