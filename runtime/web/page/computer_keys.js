// The computer's keys as keys of the instrument, whichever view is open, unless somebody is typing. By their place on
// the keyboard, not by what is printed on them. It can be turned off: see "Computer keys play" in the view Play.

import { PADS } from "./music.js";
import { isTyping } from "./typing.js";

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
  window.addEventListener("keydown", (event) => {
    if (event.key === "Meta") hands.held.releaseAll(); // Some systems keep the release of other keys to themselves then.
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event.target)) return;
    const note = noteOf(event.code, hands);
    if (note !== undefined) hands.held.press(`key ${event.code}`, note, hands.velocity);
    else if (hands.keysPlay === "keyboard") SHIFTS[event.code]?.(hands);
  });
  // Wherever the focus has gone meanwhile.
  window.addEventListener("keyup", (event) => hands.held.release(`key ${event.code}`), true);
}
