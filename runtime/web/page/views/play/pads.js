// Sixteen pads from C1 on, the first at the lower left, as on drum machines.

import { printedOn } from "../../computer_keys.js";
import { element } from "../../elements.js";
import { noteName, PADS } from "../../music.js";
import { rove } from "../../roving.js";
import { strikeByFinger, strikeByKey } from "../../striking.js";

const COLUMNS = 4;
const ROWS = 4;
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: COLUMNS, ArrowDown: -COLUMNS };

// `select` is called with the note of a pad that is struck or has the focus.
export function buildPads(hands, sounds, select) {
  const pads = PADS.map((note, index) => pad(note, index, hands, sounds, select));
  rove(pads.map((one) => one.button), (index, key) => (key in STEPS ? index + STEPS[key] : undefined));
  sounds.onChange((note) => pads.forEach((one) => (note === undefined || note === one.note) && one.show()));
  hands.onChange(() => pads.forEach((one) => one.show()));
  hands.held.onChange((note, isHeld) => {
    const struck = pads.find((one) => one.note === note);
    struck?.button.classList.toggle("held", isHeld);
    if (struck && isHeld) select(note);
  });
  return element("div", { class: "pads", role: "group", "aria-label": "Sixteen pads" }, ...pads.map((one) => one.button));
}

function pad(note, index, hands, sounds, select) {
  const parts = Object.fromEntries(["class", "key", "state", "printed"].map((name) => [
    name, element("span", { class: `pad-${name}` }),
  ]));
  const button = element("button", { type: "button", class: "drum-pad", onfocus: () => select(note) }, ...Object.values(parts));
  button.style.gridRow = ROWS - Math.floor(index / COLUMNS);
  button.style.gridColumn = 1 + (index % COLUMNS);
  strikeByFinger(button, () => note, hands);
  strikeByKey(button, () => note, hands);
  const show = () => {
    const { className, follows, isLocked, group } = sounds.of(note);
    const states = [isLocked && "locked", group && `choke ${group}`].filter(Boolean);
    parts.class.textContent = follows ? "the sound" : className || "own sound";
    parts.key.textContent = noteName(note);
    parts.state.textContent = states.join(", ");
    parts.printed.textContent = printedOn(note, hands, "pads");
    const said = [`Pad ${index + 1}`, parts.class.textContent, parts.key.textContent, ...states];
    button.setAttribute("aria-label", said.join(", "));
  };
  show();
  return { note, button, show };
}
