// What moves an axis by itself: an oscillator and a slow drift.

import { element } from "../elements.js";
import { PART } from "../parts.js";
import { Polling } from "../polling.js";

// As in runtime/latent/lfo.py.
const SHAPES = ["sine", "triangle", "saw up", "saw down", "square", "random steps"];
// What the instrument takes where nobody says otherwise.
const USUAL_LFO = [0, 1, 0, 0, 0];
const USUAL_DRIFT = [0, 2];
const MOTIONS = ["lfo", "drift", "velocity", "pressure", "slide"];
const SHOWN_PER_SECOND = 20;

export function motionOf(axis, label, page, forget) {
  const lfo = `/lb/axis/${axis.name}/lfo`;
  const drift = `/lb/axis/${axis.name}/drift`;
  const summary = element("summary", {}, "Motion");
  const details = element(
    "details", { class: "motion" }, summary,
    fields(lfo, USUAL_LFO, `${label} LFO`, page, forget, [
      amount("LFO"),
      number("Rate", 0, 50, 0.01, "Hz or per beat"),
      choice("Shape", SHAPES),
      check("Synced to the beat"),
    ]),
    fields(drift, USUAL_DRIFT, `${label} drift`, page, forget, [amount("Drift"), number("Time", 0.05, 600, 0.05, "seconds")]),
  );
  const mark = () => {
    const moves = [lfo, drift].some((address) => page.state.get(address)?.[0]);
    details.classList.toggle("is-moving", moves);
  };
  forget.push(page.state.on(lfo, mark, USUAL_LFO), page.state.on(drift, mark, USUAL_DRIFT));
  return details;
}

// Let knobs show where motion takes their axes, as long as any moves and somebody looks. The engine says so of part 1.
export function showMotion(panel, { state, connection, instrument }, dials) {
  const stillImage = matchMedia("(prefers-reduced-motion: reduce)");
  const isMoving = () => (instrument.model?.axes ?? []).some((axis) => MOTIONS.some(
    (motion) => state.get(`/lb/axis/${axis.name}/${motion}`)?.[0],
  ));
  // Asked until all has come to rest, so that nothing stays shown.
  const isShown = () => Boolean(state.get("/lb/moved")?.length);
  new Polling(connection, SHOWN_PER_SECOND, "/lb/moved", () => (
    state.part === 1 && !panel.hidden && !stillImage.matches && (isMoving() || isShown())
  ));
  state.on(PART, () => state.move("/lb/moved", []));
  state.on("/lb/moved", (places) => dials().forEach((dial, at) => dial.showMoved(places[at] ?? null)));
}

// Inputs for a message that takes several numbers: each change sends them all.
function fields(address, usual, label, { state, connection }, forget, makers) {
  const inputs = makers.map((make) => make(label));
  const values = () => state.get(address) ?? usual;
  inputs.forEach((one, place) => {
    one.input.addEventListener("input", () => {
      const now = [...values()];
      const wanted = one.read();
      if (!Number.isFinite(wanted)) return;
      now[place] = wanted;
      connection.move(address, ...now);
    });
  });
  const show = (told) => inputs.forEach((one, place) => {
    if (document.activeElement !== one.input || one.input.type !== "number") one.show(told[place] ?? usual[place]);
  });
  forget.push(state.on(address, show, usual));
  return element("div", { class: "fields" }, ...inputs.map((one) => one.node));
}

function labelled(text, input, label) {
  input.setAttribute("aria-label", `${label}: ${text}`);
  return element("label", {}, element("span", {}, text), input);
}

function amount(text) {
  return (label) => {
    const input = element("input", { type: "range", min: -1, max: 1, step: 0.01 });
    input.addEventListener("dblclick", () => {
      input.value = 0;
      input.dispatchEvent(new Event("input"));
    });
    return {
      input, node: labelled(text, input, label),
      read: () => Number(input.value), show: (value) => { input.value = value; },
    };
  };
}

function number(text, min, max, step, unit) {
  return (label) => {
    const input = element("input", { type: "number", min, max, step, title: unit });
    return {
      input, node: labelled(text, input, label), read: () => (input.value === "" ? NaN : Number(input.value)),
      show: (value) => { input.value = Number(value.toFixed(3)); },
    };
  };
}

function choice(text, names) {
  return (label) => {
    const input = element("select", {}, ...names.map((name, at) => element("option", { value: at }, name)));
    return { input, node: labelled(text, input, label), read: () => Number(input.value), show: (value) => { input.value = value; } };
  };
}

function check(text) {
  return (label) => {
    const input = element("input", { type: "checkbox" });
    return {
      input, node: labelled(text, input, label), read: () => Number(input.checked),
      show: (value) => { input.checked = Boolean(value); },
    };
  };
}
