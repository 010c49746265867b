// The curves of a run: its loss, and how far what it makes of some sounds is from them.

import { Chart } from "./chart.js";
import { duration } from "./words.js";

export function lossChart(run) {
  const chart = new Chart("Loss", "");
  run.onChange(() => {
    const { seconds, loss } = run.progress.curve;
    const points = seconds.map((at, index) => [at, loss[index]]).filter(([, value]) => value !== null);
    chart.draw([{ name: "loss", points }], lossInWords(points));
  });
  return chart.element;
}

export function distanceChart(run) {
  const chart = new Chart("Distance of the sounds below", "dB");
  run.onChange(() => {
    const { hearings } = run.progress;
    const of = (key) => hearings.map((one) => [one.seconds, one[key]]).filter(([, value]) => value !== null && value !== undefined);
    const training = of("training_db");
    const heldOut = of("held_out_db");
    chart.draw([
      { name: "trained on", points: training, mark: "circle" },
      ...(heldOut.length ? [{ name: "held out", points: heldOut, mark: "square", isDashed: true }] : []),
    ], [distanceInWords("trained on", training), distanceInWords("held out", heldOut)].filter(Boolean).join(" "));
  });
  return chart.element;
}

function lossInWords(points) {
  if (points.length < 2) return "No loss yet.";
  const [begin, end] = [points[0], points.at(-1)];
  const lowest = points.reduce((one, other) => (other[1] < one[1] ? other : one));
  return `Loss: from ${begin[1].toFixed(2)} to ${end[1].toFixed(2)} after ${duration(end[0])}; `
    + `lowest ${lowest[1].toFixed(2)} after ${duration(lowest[0])}.`;
}

function distanceInWords(name, points) {
  if (!points.length) return "";
  const [begin, end] = [points[0], points.at(-1)];
  if (points.length === 1) return `Sounds ${name}: ${end[1].toFixed(1)} dB.`;
  return `Sounds ${name}: from ${begin[1].toFixed(1)} to ${end[1].toFixed(1)} dB in ${points.length} hearings.`;
}
