// A folder of sounds becomes an instrument: what is in it, how the training goes, and what it has learnt so far.

import { element } from "../elements.js";
import { folder } from "./train/folder.js";
import { order } from "./train/order.js";
import { runCard } from "./train/run_card.js";
import { runs } from "./train/runs.js";
import { ShownRun } from "./train/shown_run.js";
import { Training } from "./train/training.js";

export const label = "Train";

export function build(panel, page) {
  const training = new Training(page, panel);
  const run = new ShownRun(training);
  const card = runCard(page, training, run, (name) => earlier.lead(name));
  const source = folder(page, training);
  const earlier = runs(training, (name) => {
    run.open(name);
    card.lead();
  });
  panel.append(
    needs(training),
    card.element,
    element("div", { class: "columns" }, source.element, order(page, training, source, () => card.lead())),
    earlier.element,
  );
  panel.addEventListener("shown", () => training.refresh());
}

// Why nothing can be trained here, if so.
function needs(training) {
  const said = element("p", { class: "card train-needs", role: "note" });
  training.onChange(() => {
    said.hidden = !training.needs;
    said.textContent = training.needs;
  });
  return said;
}
