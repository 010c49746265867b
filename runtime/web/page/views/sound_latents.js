// The numbers of the place in latent space as bars, and how far outside the data it is.

import { button, element } from "../elements.js";
import { learnEntries } from "../learning.js";
import { bar } from "../widgets/bar.js";
import { openMenu } from "../widgets/menu.js";
import { numberIn } from "../widgets/value_control.js";
import { find } from "./sound_find.js";

const LIMIT = 4;
// Of the training sounds nine in ten lie between these, in each number.
const LOW_SHARE = 0.05;
const HIGH_SHARE = 0.95;
const OUTSIDE_SHOWN_TO = 2;

export function latents(page) {
  const bars = element("div", { class: "value-bars" });
  let shown = [];
  page.instrument.onModel((model) => {
    shown = Array.from({ length: model.latent_size }, (_, index) => latentBar(index, model, page));
    bars.replaceChildren(...shown.map((one) => one.node));
    showPlace(page.state.get("/lb/z") ?? model.default_latent);
  });
  const showPlace = (place) => { if (place.length === shown.length) place.forEach((value, at) => shown[at].show(value)); };
  page.state.on("/lb/z", showPlace);
  const send = (address, ...args) => () => page.connection.send(address, ...args);
  return element(
    "section", { class: "card wide" },
    element("h2", {}, "Place in latent space"), outside(page), bars,
    element(
      "div", { class: "row" },
      button("Random", send("/lb/random", 1)), button("A little random", send("/lb/random", 0.2)),
      button("Undo", send("/lb/undo")), button("Redo", send("/lb/redo")), find(page),
    ),
  );
}

function latentBar(index, model, page) {
  const [low, high] = rangeOf(index, model);
  const label = `Latent ${index + 1}`;
  const set = (value) => page.connection.move(`/lb/z/${index + 1}`, value);
  const rest = model.default_latent[index];
  return bar({
    label, name: index + 1, min: -LIMIT, max: LIMIT, rest, low, high, set,
    format: (value) => value.toFixed(2),
    parse: numberIn,
    openMenu: (x, y) => openMenu(x, y, label, [
      ...learnEntries(`latent ${index + 1}`, page), ["Back to the model's default", () => set(rest)],
    ]),
  });
}

function rangeOf(index, model) {
  if (!model.map_points.length) return [-2, 2];
  const sorted = model.map_points.map((point) => point.latent[index]).sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return [at(LOW_SHARE), at(HIGH_SHARE)];
}

function outside({ state }) {
  const fill = element("div", { class: "fill" });
  const meter = element("div", {
    class: "outside-meter", role: "meter", "aria-label": "Outside the data", "aria-valuemin": 0, "aria-valuemax": OUTSIDE_SHOWN_TO,
    "aria-valuenow": 0,
  }, fill, element("div", { class: "rim" }));
  const text = element("span", { class: "quiet" });
  state.on("/lb/outside", ([distance]) => {
    const isOutside = distance > 1;
    const said = isOutside ? `outside the data (${distance.toFixed(2)}): what sounds is a guess` : `inside the data (${distance.toFixed(2)})`;
    fill.style.transform = `scaleX(${Math.min(1, distance / OUTSIDE_SHOWN_TO)})`;
    meter.classList.toggle("is-outside", isOutside);
    meter.setAttribute("aria-valuenow", Math.min(OUTSIDE_SHOWN_TO, distance).toFixed(2));
    meter.setAttribute("aria-valuetext", said);
    text.textContent = said;
  });
  return element("div", { class: "row" }, meter, text);
}
