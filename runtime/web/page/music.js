// Notes in words, and where the pads are.

export const OCTAVE = 12;
export const HIGHEST_NOTE = 127;
export const FIRST_PAD = 36; // C1, as in drum racks
export const PADS = Array.from({ length: 16 }, (_, index) => FIRST_PAD + index);

const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const SOFTEST = 20;
const HARDEST = 127;

// 60 is C3, as in Live and Max.
export function noteName(note) {
  return `${NAMES[note % OCTAVE]}${Math.floor(note / OCTAVE) - 2}`;
}

export function isBlack(note) {
  return NAMES[note % OCTAVE].length > 1;
}

// How hard a finger strikes: softly at the upper edge of a key, hard at the lower one.
export function velocityAt(key, clientY) {
  const { top, height } = key.getBoundingClientRect();
  const depth = Math.min(Math.max((clientY - top) / height, 0), 1);
  return Math.round(SOFTEST + (HARDEST - SOFTEST) * depth);
}
