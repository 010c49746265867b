// What is to be trained: its name, for how long, as what, and what it begins with.

import { element, say } from "../../elements.js";
import { modelsIn, nameOf } from "../setup_models.js";
import { minutesField } from "./minutes.js";
import { freeName, nameOfFolder } from "./words.js";

const USUAL_MINUTES = 20;

// `source` is what ./folder.js makes; `onStart` is called when what was ordered here has begun.
export function order({ state, connection }, training, source, onStart) {
  const name = element("input", { id: "train-name", type: "text", maxlength: 64, spellcheck: "false", autocomplete: "off" });
  const minutes = minutesField("train-minutes", USUAL_MINUTES);
  const kind = element("select", { id: "train-kind" },
    element("option", { value: "auto" }, "As found"), element("option", { value: "drums" }, "Drums"),
    element("option", { value: "notes" }, "Notes"));
  const start = element("select", { id: "train-start" },
    element("option", { value: "" }, "The shipped instrument, if it fits"), element("option", { value: "none" }, "Nothing"));
  const train = element("button", { type: "submit", class: "primary" }, "Train");
  const waits = element("p", { class: "hint" });
  const wrong = element("p", { class: "train-wrong" });
  // A name that somebody has typed stays.
  let suggested = "";
  const suggest = () => {
    if (name.value !== suggested) return;
    const taken = [...training.runs.map((run) => run.name), ...modelsIn(state).map(nameOf)];
    suggested = freeName(nameOfFolder(source.path), taken);
    name.value = suggested;
  };
  state.on("/lb/info", () => connection.send("/lb/models"));
  state.on("/lb/modelinfo", suggest);
  source.onLook(() => {
    kind.options[0].textContent = source.look ? `As found: ${source.look.kind}` : "As found";
    suggest();
  });
  const fields = element("fieldset", { class: "train-order" },
    element("label", { for: "train-name" }, "Name"), name,
    element("label", { for: "train-minutes" }, "Minutes"), minutes.element,
    element("label", { for: "train-kind" }, "Kind"), kind,
    element("label", { for: "train-start" }, "Begin with"), start,
    element("div", { class: "train-go" }, train, waits), wrong);
  const form = element("form", {}, fields);
  training.onChange((isTick) => {
    if (isTick) return;
    suggest();
    fields.disabled = Boolean(training.needs);
    train.disabled = training.isBusy;
    say(waits, training.isBusy ? `One at a time: ${training.name} is being trained.` : "");
  });
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!source.path || !name.value.trim()) {
      say(wrong, source.path ? "Give it a name." : "Choose a folder of sounds first.");
      return;
    }
    say(wrong, "");
    train.disabled = true;
    const why = await training.ask(
      "/lb/training", "/lb/train", source.path, name.value.trim(), minutes.value, kind.value, start.value,
    );
    say(wrong, why);
    if (why) train.disabled = false;
    else onStart();
  };
  return element("section", { class: "card", "aria-labelledby": "train-order-title" },
    element("h2", { id: "train-order-title" }, "Instrument"), form,
    element("p", { class: "hint" }, "It learns beside what plays, which comes first. Twenty minutes make a good instrument of "
      + "some hundred sounds; five show where it goes."));
}
