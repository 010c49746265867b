// Two octaves of keys, one on narrow screens. A finger that slides over them plays each.

import { printedOn } from "../../computer_keys.js";
import { element } from "../../elements.js";
import { HIGHEST_NOTE, isBlack, noteName, OCTAVE, velocityAt } from "../../music.js";
import { rove } from "../../roving.js";
import { releaseByFinger, strikeByKey } from "../../striking.js";
import { endTyping } from "../../typing.js";

const NARROW = "(max-width: 600px)";
const BLACK_WIDTH = 0.62; // of a white key
const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

export function buildKeyboard(hands) {
  const count = (matchMedia(NARROW).matches ? 1 : 2) * OCTAVE + 1;
  const place = element("div", { class: "keyboard", role: "group" });
  const keys = Array.from({ length: count }, (_, offset) => key(offset, hands));
  layOut(keys);
  rove(keys, (index, name) => (name in STEPS ? index + STEPS[name] : undefined));
  playByFinger(place, keys, hands);
  hands.onChange(() => {
    place.setAttribute("aria-label", `Keyboard from ${noteName(hands.lowest)}`);
    keys.forEach((one, offset) => show(one, hands.lowest + offset, hands));
  });
  hands.held.onChange((note, isHeld) => keys[note - hands.lowest]?.classList.toggle("held", isHeld));
  place.append(...keys);
  return place;
}

function key(offset, hands) {
  const made = element("button", { type: "button", class: isBlack(offset) ? "black" : "white" });
  strikeByKey(made, () => hands.lowest + offset, hands);
  return made;
}

// The lowest key is always a C.
function layOut(keys) {
  const whites = keys.filter((_, offset) => !isBlack(offset)).length;
  const width = 100 / whites;
  let at = 0;
  keys.forEach((one, offset) => {
    const isOver = isBlack(offset);
    one.style.left = `${width * (isOver ? at - BLACK_WIDTH / 2 : at)}%`;
    one.style.width = `${width * (isOver ? BLACK_WIDTH : 1)}%`;
    if (!isOver) at += 1;
  });
}

function show(one, note, hands) {
  one.disabled = note > HIGHEST_NOTE;
  one.classList.remove("held");
  one.setAttribute("aria-label", noteName(note));
  one.textContent = printedOn(note, hands, "keyboard") || (note % OCTAVE ? "" : noteName(note));
}

function playByFinger(place, keys, hands) {
  const under = new Map(); // finger → the key it is on
  const touch = (event) => {
    const found = document.elementFromPoint(event.clientX, event.clientY);
    const index = keys.indexOf(found);
    if (index < 0 || under.get(event.pointerId) === found) return;
    under.set(event.pointerId, found);
    hands.held.press(`finger ${event.pointerId}`, hands.lowest + index, velocityAt(found, event.clientY));
  };
  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    endTyping();
    place.setPointerCapture(event.pointerId);
    under.delete(event.pointerId);
    touch(event);
  });
  place.addEventListener("pointermove", (event) => under.has(event.pointerId) && touch(event));
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    place.addEventListener(name, (event) => under.delete(event.pointerId));
  }
  releaseByFinger(place, hands);
}
