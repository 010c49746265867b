// Which colour and shape is which class. Each entry shows or hides its sounds.

import { element } from "../../elements.js";
import { colourOf, lookOf, trace } from "./palette.js";

const SIDE = 18;

export function buildLegend({ instrument }, surface) {
  const list = element("div", { class: "map-legend", role: "group", "aria-label": "Classes on the map" });
  const redraw = () => list.querySelectorAll("canvas").forEach(drawGlyph);
  instrument.onModel(() => {
    // After the surface, which listens to the same.
    list.replaceChildren(...surface.points.labelsInUse().map((label) => entry(label, surface)));
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  return list;
}

function entry(label, surface) {
  const { points } = surface;
  const glyph = element("canvas", { width: 2 * SIDE, height: 2 * SIDE, "data-label": label, "aria-hidden": "true" });
  const name = label < 0 ? "no class" : points.classes[label].replaceAll("_", " ");
  const made = element("button", { type: "button", class: "map-class", "aria-pressed": "true" }, glyph, name);
  made.title = `${points.countOf(label)} sounds`;
  made.onclick = () => {
    const isShown = points.hidden.has(label);
    if (isShown) points.hidden.delete(label);
    else points.hidden.add(label);
    made.setAttribute("aria-pressed", isShown);
    surface.redraw();
  };
  return made;
}

function drawGlyph(canvas) {
  const context = canvas.getContext("2d");
  const { colour, shape } = lookOf(Number(canvas.dataset.label));
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colourOf(colour);
  trace(context, shape, SIDE, SIDE, SIDE * 0.62);
  context.fill();
}
