// Runs that there were, newest first.

import { button, element } from "../../elements.js";

const SHOWN_AT_FIRST = 10;

export function runs(training, open) {
  const list = element("ul", { class: "train-runs" });
  const card = element("section", { class: "card", "aria-labelledby": "train-runs-title" },
    element("h2", { id: "train-runs-title" }, "Runs"), list);
  let shown = SHOWN_AT_FIRST;
  let drawn = "";
  const lead = (name) => list.querySelector(`[data-run="${CSS.escape(name)}"]`)?.focus();
  const show = () => {
    card.hidden = training.runs.length === 0;
    const rows = training.runs.slice(0, shown).map((run) => [run, stateOf(run, training)]);
    // Drawn only when something is new: whoever stands on a button stays there.
    const now = JSON.stringify([rows, training.runs.length]);
    if (now === drawn) return;
    drawn = now;
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.run : null;
    list.replaceChildren(...rows.map(([run, state]) => row(run, state, open)));
    if (training.runs.length > shown) {
      list.append(element("li", {}, button(`Show all ${training.runs.length}`, () => { shown = Infinity; show(); })));
    }
    if (focused) lead(focused);
  };
  training.onChange((isTick) => !isTick && show());
  return {
    element: card,
    lead, // somebody to a run's button
  };
}

function row(run, state, open) {
  const facts = [state, run.kind, new Date(1000 * run.modified_seconds).toLocaleString([], {
    dateStyle: "medium", timeStyle: "short",
  })].filter(Boolean);
  return element("li", { class: "train-run" },
    element("div", {}, element("strong", {}, run.name), element("div", { class: "quiet" }, facts.join(" · ")),
      element("div", { class: "quiet train-path" }, run.folder)),
    button("Open", () => open(run.name), { "aria-label": `Open ${run.name}`, "data-run": run.name }));
}

function stateOf(run, training) {
  if (training.isBusy && training.name === run.name) return "being trained";
  return run.is_finished ? "finished" : "not finished";
}
