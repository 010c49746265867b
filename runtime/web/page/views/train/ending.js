// What came of a run: the instrument, to be played or taken away, or why there is none; and how it goes on.

import { button, element, say } from "../../elements.js";
import { linkTo } from "../../requests.js";
import { minutesField } from "./minutes.js";

const LATER_MINUTES = 20;

export function ending(page, training, run) {
  const sentences = element("p", { class: "train-sentences" });
  const made = instrument(page, run);
  const on = goOn(training, run);
  const box = element("div", { class: "train-ending" }, sentences, made, on);
  run.onChange(() => {
    box.hidden = !run.name || run.isBusy;
    const said = run.stage === "stopped" || run.stage === "failed" ? run.text : "";
    say(sentences, said);
    sentences.hidden = !said;
    sentences.classList.toggle("train-wrong", run.stage === "failed");
  });
  return box;
}

function instrument({ state, connection, notices }, run) {
  let wished = "";
  const play = button("Play it", () => {
    wished = run.name;
    notices.say(`Loading ${wished} …`);
    connection.send("/lb/model", run.about.instrument);
  }, { class: "primary" });
  // Also said when it plays by itself, for somebody who has followed it until now.
  const plays = element("p", { class: "quiet", role: "status" });
  state.on("/lb/info", ([model]) => {
    if (model === wished) notices.say(`${model} plays now; notes that sound ring out.`);
    wished = "";
    say(plays, run.stage === "done" && model === run.name ? "It plays now." : "");
  });
  const links = ["instrument", "encoder"].map((what) => element("a", { class: "button", "data-what": what },
    what === "instrument" ? "Download the instrument" : "Download its encoder"));
  const picture = element("a", { class: "button", "data-what": "picture", target: "_blank" }, "Open the picture");
  const image = element("img", { class: "train-picture", alt: "Spectrograms of training sounds, each beside what the "
    + "instrument makes of it", loading: "lazy" });
  const box = element("div", {}, element("div", { class: "row" }, play, ...links, picture), plays, image);
  let shown = "";
  run.onChange(() => {
    const { about } = run;
    box.hidden = !about?.is_finished;
    if (box.hidden) return;
    for (const link of [...links, picture]) link.href = linkTo(`/api/runs/${encodeURIComponent(run.name)}/${link.dataset.what}`);
    links[0].download = `${run.name}.onnx`;
    links[1].download = `${run.name}.encoder.onnx`;
    const at = `${run.name} ${about.modified_seconds}`;
    if (at === shown) return;
    shown = at;
    image.src = `${picture.href}&at=${about.modified_seconds}`;
  });
  return box;
}

// More minutes for a run, whether it has come to its end or not.
function goOn(training, run) {
  const minutes = minutesField("train-longer", LATER_MINUTES);
  const go = element("button", { type: "submit" });
  const wrong = element("p", { class: "train-wrong" });
  const form = element("form", {}, element("div", { class: "row" },
    element("label", { for: "train-longer" }, "More minutes"), minutes.element, go), wrong);
  form.onsubmit = async (event) => {
    event.preventDefault();
    say(wrong, "");
    say(wrong, await training.ask("/lb/training", "/lb/train/longer", run.name, minutes.value));
  };
  let shown = "";
  const show = () => {
    form.hidden = !run.about?.can_go_on;
    go.disabled = training.isBusy || Boolean(training.needs);
    say(go, run.stage === "done" ? "Train longer" : "Go on");
    // What an unfinished run still lacks.
    const now = `${run.name} ${run.stage}`;
    if (shown === now || !run.about || !run.isKnown) return;
    shown = now;
    const missing = run.about.minutes - run.progress.seconds / 60;
    minutes.value = run.stage !== "done" && missing > 1 ? Math.ceil(missing) : LATER_MINUTES;
  };
  run.onChange(show);
  training.onChange((isTick) => !isTick && show());
  return form;
}
