// In the bar, whichever view is open: how loud it is and whether all is well, the level of the mix, panic.

import { button, element } from "../elements.js";
import { Polling } from "../polling.js";

const GAIN = "/lb/gain";
const LEVEL = "/lb/level";
const LOWEST_DB = -60;
const LEVELS_PER_SECOND = 20;
const FIGURES_PER_SECOND = 2;
const MIDI_LIGHT_MS = 120;
const LATE_LIGHT_MS = 2000;

export function build(place, page) {
  place.append(meters(page), gain(page), panic(page));
}

function meters({ state, connection }) {
  const bars = [bar("Left"), bar("Right")];
  const limiter = light("Limiter", "The limiter turns the mix down");
  const midi = light("MIDI", "MIDI arrives");
  const late = light("Late", "A block of sound was not ready in time: the view Setup counts them");
  const voices = element("span", { class: "voices" }, "0");
  const unit = element("span", {}, " voices");
  let heard = null;
  let lateBefore = null;
  state.on(LEVEL, ([left, right, reduction, messages]) => {
    show(bars[0], left);
    show(bars[1], right);
    limiter.dataset.on = reduction > 0.1;
    if (heard !== null && messages !== heard) flash(midi, MIDI_LIGHT_MS);
    heard = messages;
  });
  state.on("/lb/stat", ([, blocks]) => {
    if (lateBefore !== null && blocks > lateBefore) flash(late, LATE_LIGHT_MS);
    lateBefore = blocks;
  });
  state.on("/lb/voices", ([count]) => {
    voices.textContent = count;
    unit.textContent = count === 1 ? " voice" : " voices";
  });
  new Polling(connection, LEVELS_PER_SECOND, LEVEL);
  new Polling(connection, FIGURES_PER_SECOND, "/lb/stat");
  return element(
    "div", { class: "meters" },
    element("div", { class: "bars" }, ...bars),
    limiter, midi, late,
    element("span", { class: "voices-label" }, voices, unit),
  );
}

function bar(side) {
  return element("div", {
    class: "bar", role: "meter", "aria-label": `${side} level`, "aria-valuemin": LOWEST_DB, "aria-valuemax": 0,
    "aria-valuenow": LOWEST_DB,
  }, element("div", { class: "fill" }));
}

function show(meter, db) {
  const shown = Math.max(LOWEST_DB, Math.min(0, db));
  meter.firstChild.style.clipPath = `inset(0 ${(100 * shown) / LOWEST_DB}% 0 0)`;
  meter.setAttribute("aria-valuenow", shown.toFixed(0));
  meter.setAttribute("aria-valuetext", db <= LOWEST_DB ? "silent" : `${db.toFixed(0)} dB`);
}

function light(text, title) {
  return element("span", { class: "light", title, "data-on": false }, text);
}

function flash(lamp, milliseconds) {
  lamp.dataset.on = true;
  clearTimeout(lamp.timer);
  lamp.timer = setTimeout(() => { lamp.dataset.on = false; }, milliseconds);
}

function gain({ state, connection }) {
  const slider = element("input", { type: "range", min: -60, max: 6, step: 0.1, id: "gain" });
  const shown = element("span", { class: "shown", "aria-hidden": "true" });
  slider.oninput = () => connection.move(GAIN, Number(slider.value));
  slider.ondblclick = () => connection.move(GAIN, 0);
  state.on(GAIN, ([db]) => {
    slider.value = db;
    slider.setAttribute("aria-valuetext", `${db.toFixed(1)} dB`);
    shown.textContent = `${db.toFixed(1)} dB`;
  });
  return element("div", { class: "gain" }, element("label", { for: "gain" }, "Level"), slider, shown);
}

function panic({ connection }) {
  return button("Panic", () => connection.send("/lb/alloff"), { title: "Silence at once" });
}
