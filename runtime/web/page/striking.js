// A button that plays a note while it is held: by a finger or a mouse, by Enter or the space bar, or by whatever a
// screen reader does in place of them.

import { velocityAt } from "./music.js";
import { endTyping } from "./typing.js";

const STRIKES = ["Enter", "Space"];

// Touches and clicks are for whoever knows where they move to, see views/play/keyboard.js and pads.js.
export function strikeByKey(button, note, hands) {
  button.addEventListener("keydown", (event) => {
    if (!STRIKES.includes(event.code) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!event.repeat) hands.held.press(`key ${event.code}`, note(), hands.velocity);
  });
  button.addEventListener("click", (event) => {
    // A click that no pointer made, and no key, since theirs are prevented.
    if (event.detail === 0) hands.held.tap(note(), hands.velocity);
  });
}

export function strikeByFinger(button, note, hands, onStrike = () => {}) {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    // The focus stays where it is, so that the space bar does.
    event.preventDefault();
    endTyping();
    button.setPointerCapture(event.pointerId);
    hands.held.press(`finger ${event.pointerId}`, note(), velocityAt(button, event.clientY));
    onStrike();
  });
  releaseByFinger(button, hands);
}

export function releaseByFinger(place, hands) {
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
    place.addEventListener(name, (event) => hands.held.release(`finger ${event.pointerId}`));
  }
  place.addEventListener("contextmenu", (event) => event.preventDefault());
}
