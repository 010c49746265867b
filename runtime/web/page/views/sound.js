// The sound of part 1: a knob for each named axis of the model.

import { element } from "../elements.js";

export const label = "Sound";

export function build(panel, { state, connection, instrument }) {
  const knobs = element("div", { class: "knobs" });
  panel.append(element("h2", {}, "Axes"), knobs);
  instrument.onModel((model) => {
    knobs.replaceChildren(...model.axes.map((axis) => knob(axis, state, connection)));
  });
}

function knob(axis, state, connection) {
  const address = `/lb/axis/${axis.name}`;
  const id = `axis-${axis.name}`;
  const slider = element("input", { type: "range", min: 0, max: 1, step: 0.001, id });
  slider.oninput = () => connection.move(address, Number(slider.value));
  state.on(address, ([position]) => { slider.value = position; });
  return element("div", { class: "knob" }, element("label", { for: id }, axis.name.replaceAll("_", " ")), slider);
}
