// Parts: a part is what one MIDI channel plays, with a place, axes, motion and keys of its own. A page shows and moves
// one of the sixteen. What it says and hears of that part goes without the number inside the page, so that no view has to
// know which part it is.

// Said by the page itself, when it speaks to another part from now on.
export const PART = "part";
export const PARTS = 16;

// What is the whole instrument's, in both directions. All else of the OSC table is a part's: docs/osc.md.
const OF_ALL = new Set([
  "hello", "bye", "ping", "pong", "info", "axisinfo", "gain", "tempo", "voices", "watch", "sounding", "moved", "stat", "level",
  "sound", "error", "model", "models", "modelinfo", "presets", "presetinfo", "kits", "kitinfo", "kit/exporting",
  "kit/exported", "found", "learn", "learned", "unlearn", "devices", "outputs", "outputinfo", "midiports", "midiportinfo",
  "output", "midi", "captured",
  // These speak to all parts unless one is named, and that is what is wanted: silence, and the note played last.
  "alloff", "capture", "capture/variations",
].map((name) => `/lb/${name}`));
// And so is everything about training.
const TRAINING = /^\/lb\/train(ing)?(\/|$)/;
const NUMBERED = /^\/lb\/part\/([0-9]+)(\/.*)$/;

export function isOfAll(address) {
  return OF_ALL.has(address) || TRAINING.test(address);
}

// The address in the OSC table of what a page says that speaks to a part.
export function addressOf(part, address) {
  return part === 1 || isOfAll(address) ? address : address.replace("/lb", `/lb/part/${part}`);
}

// What that page calls a message that it is told; undefined for one about another part.
export function heardBy(part, address) {
  const numbered = NUMBERED.exec(address);
  if (numbered) return Number(numbered[1]) === part ? `/lb${numbered[2]}` : undefined;
  return part === 1 || isOfAll(address) ? address : undefined;
}
