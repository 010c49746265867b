// A knob: where it stands as an arc from its rest, and where what moves it has taken it as a dot.

import { element } from "../elements.js";
import { valueControl } from "./value_control.js";

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 20;
const MIDDLE = 24;
const FROM_DEGREES = -135;
const TO_DEGREES = 135;

// `what` as for valueControl. Returns { node, show(value), showMoved(value or null) }.
export function knob(what) {
  const svg = shape("svg", { viewBox: "0 0 48 48", "aria-hidden": "true" });
  const reached = shape("path", { class: "reached" });
  const hand = shape("line", { class: "hand", x1: MIDDLE, y1: MIDDLE });
  const moved = shape("circle", { class: "moved", r: 3, visibility: "hidden" });
  svg.append(shape("path", { class: "range", d: arc(0, 1) }), reached, hand, moved);
  const dial = element("div", { class: "dial" }, svg);
  const shown = element("span", { class: "shown", "aria-hidden": "true" });
  const node = element("div", { class: "knob" }, dial, element("span", { class: "name", "aria-hidden": "true" }, what.label), shown);
  const control = valueControl(dial, what);
  const share = (value) => (value - what.min) / (what.max - what.min);
  return {
    node,
    show(value) {
      control.show(value);
      const at = share(value);
      reached.setAttribute("d", arc(Math.min(at, share(what.rest)), Math.max(at, share(what.rest))));
      const [x, y] = point(at, RADIUS - 5);
      hand.setAttribute("x2", x);
      hand.setAttribute("y2", y);
      shown.textContent = what.format(value);
    },
    showMoved(value) {
      moved.setAttribute("visibility", value === null ? "hidden" : "visible");
      if (value === null) return;
      const [x, y] = point(Math.min(1, Math.max(0, share(value))), RADIUS);
      moved.setAttribute("cx", x);
      moved.setAttribute("cy", y);
    },
  };
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function point(share, radius) {
  const angle = ((FROM_DEGREES + share * (TO_DEGREES - FROM_DEGREES)) * Math.PI) / 180;
  return [MIDDLE + radius * Math.sin(angle), MIDDLE - radius * Math.cos(angle)];
}

function arc(from, to) {
  const [x1, y1] = point(from, RADIUS);
  const [x2, y2] = point(to, RADIUS);
  const isLarge = (to - from) * (TO_DEGREES - FROM_DEGREES) > 180 ? 1 : 0;
  return `M${x1} ${y1}A${RADIUS} ${RADIUS} 0 ${isLarge} 1 ${x2} ${y2}`;
}
