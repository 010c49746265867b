// One run: how it goes or went, what can be done about it, its curves, and what it makes of some sounds.

import { button, element, say } from "../../elements.js";
import { controls } from "./controls.js";
import { distanceChart, lossChart } from "./curves.js";
import { ending } from "./ending.js";
import { found } from "./found.js";
import { soundList } from "./sounds.js";
import { duration } from "./words.js";

const STAGES = {
  starting: "Starting",
  reading: "Reading the sounds",
  rehearsing: "Rehearsing the end, to know how long it takes",
  training: "Training",
  finishing: "Writing the instrument",
  done: "Finished",
  stopped: "Stopped",
  failed: "Failed",
};
const NOT_FINISHED = "Not finished";

// `onClose` is called with the run's name when somebody has closed it.
export function runCard(page, training, run, onClose) {
  const title = element("h2", { tabindex: -1, id: "train-run-title" });
  const close = button("Close", () => {
    const { name } = run;
    run.close();
    onClose(name);
  });
  const toTitle = () => title.focus({ preventScroll: true });
  const card = element("section", { class: "card train-run-card", "aria-labelledby": "train-run-title" },
    element("div", { class: "row train-run-head" }, title, close),
    howItGoes(run), controls(page, training, run, toTitle), ending(page, training, run),
    element("div", { class: "columns" }, lossChart(run), distanceChart(run)),
    soundList(page.notices, run), folderOf(run), linesOf(run));
  run.onChange(() => {
    card.hidden = !run.name;
    // What goes on stays in sight.
    close.hidden = run.isBusy;
    say(title, run.name);
  });
  return {
    element: card,
    // Lead somebody there who has asked for it.
    lead() {
      toTitle();
      card.scrollIntoView({ block: "start" });
    },
  };
}

function howItGoes(run) {
  // Read aloud when it changes; the seconds that go by beside it are not.
  const stage = element("p", { class: "train-stage", role: "status" });
  const bar = element("progress", { max: 1, value: 0, "aria-label": "How much is done" });
  const time = element("p", { class: "quiet train-time" });
  run.onChange(() => {
    const { step, seconds, seconds_left: left } = run.progress;
    say(stage, STAGES[run.stage] ?? NOT_FINISHED);
    bar.hidden = !run.isBusy;
    bar.value = run.fraction;
    const parts = step ? [`Step ${step}`, duration(seconds)] : [];
    if (run.stage === "training" && left !== null) parts.push(`about ${duration(left)} left`);
    say(time, parts.join(" · "));
  });
  return element("div", {}, stage, bar, time);
}

function folderOf(run) {
  const details = element("details", {}, element("summary", {}, "What was found in the folder"));
  let shown = null;
  run.onChange(() => {
    details.hidden = !run.found;
    if (shown === run.found || !run.found) return;
    shown = run.found;
    details.replaceChildren(details.firstChild, element("p", { class: "quiet train-path" }, shown.folder), found(shown));
  });
  return details;
}

function linesOf(run) {
  const lines = element("pre", { tabindex: 0, role: "group", "aria-label": "Lines of the trainer" });
  const details = element("details", {}, element("summary", {}, "What the trainer says"), lines);
  let opened = "";
  run.onChange(() => {
    details.hidden = run.progress.lines.length === 0;
    // At the end they say how good it is.
    if (run.stage === "done" && opened !== run.name) {
      opened = run.name;
      details.open = true;
    }
    say(lines, run.progress.lines.join("\n"));
  });
  return details;
}
