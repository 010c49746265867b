// A knob for each named axis of the model, with its lock and what moves it by itself.

import { element } from "../elements.js";
import { learnEntries } from "../learning.js";
import { knob } from "../widgets/knob.js";
import { openMenu } from "../widgets/menu.js";
import { numberIn } from "../widgets/value_control.js";
import { motionOf, showMotion } from "./sound_motion.js";

export function axes(panel, page) {
  const knobs = element("div", { class: "knobs" });
  let forget = [];
  let dials = [];
  page.instrument.onModel((model) => {
    for (const one of forget) one();
    forget = [];
    const made = model.axes.map((axis) => axisKnob(axis, page, forget));
    dials = made.map((one) => one.dial);
    knobs.replaceChildren(...made.map((one) => one.node));
    if (!model.axes.length) knobs.append("This model has no named axes: move the numbers of its place.");
  });
  showMotion(panel, page, () => dials);
  return element("section", { class: "card wide" }, element("h2", {}, "Axes"), knobs);
}

function axisKnob(axis, page, forget) {
  const { state, connection } = page;
  const address = `/lb/axis/${axis.name}`;
  const rest = (axis.default - axis.minimum) / (axis.maximum - axis.minimum);
  const label = axis.name.replaceAll("_", " ");
  const set = (value) => connection.move(address, value);
  const dial = knob({
    label, min: 0, max: 1, rest, set,
    format: (value) => `${(100 * value).toFixed(1)} %`,
    parse: (text) => numberIn(text) / 100,
    openMenu: (x, y) => openMenu(x, y, label, [
      ...learnEntries(`axis ${axis.name}`, page),
      ["Back to its default", () => set(rest)],
      [isLocked() ? "Let random moves change it" : "Keep it in random moves", () => lock(!isLocked())],
    ]),
  });
  const isLocked = () => Boolean(state.get(`${address}/lock`)?.[0]);
  const lock = (locked) => connection.move(`${address}/lock`, Number(locked));
  const motion = motionOf(axis, label, page, forget);
  forget.push(
    state.on(address, ([value]) => dial.show(value), [rest]),
    state.on(`${address}/lock`, ([locked]) => dial.node.classList.toggle("is-locked", Boolean(locked)), [0]),
  );
  const works = axis.descriptor && axis.correlation !== null
    ? `Measured against ${axis.descriptor}: rank correlation ${axis.correlation.toFixed(2)}`
    : axis.descriptor || "A principal direction of the data";
  dial.node.title = works;
  return { dial, node: element("div", { class: "axis" }, dial.node, motion) };
}
