// What can be done while it trains: play what it has learnt so far, finish now, give up.

import { button, element, say } from "../../elements.js";

// `onGone` is called when they go while somebody stands on one of them.
export function controls({ state, connection }, training, run, onGone) {
  const follow = element("input", { type: "checkbox", role: "switch", id: "train-follow" });
  follow.onchange = () => connection.move("/lb/train/follow", follow.checked ? 1 : 0);
  const playing = element("p", { class: "quiet" });
  let isFinishing = false;
  const finish = button("Finish now", () => {
    isFinishing = true;
    connection.send("/lb/train/stop", 1);
    show();
  }, { title: "End the training and write the instrument as it is by now" });
  const giveUp = button("Give up", () => sure.show());
  const sure = question(giveUp, () => connection.send("/lb/train/stop", 0));
  const box = element("div", { class: "train-controls" },
    element("div", { class: "row" }, follow, element("label", { for: "train-follow" }, "Play what it has learnt so far"),
      element("span", { class: "spring" }), finish, giveUp),
    playing, sure.element);
  const show = () => {
    const isLeft = !run.isBusy && box.contains(document.activeElement);
    box.hidden = !run.isBusy;
    if (box.hidden) sure.hide();
    if (isLeft) onGone();
    follow.checked = training.follows;
    // Before there is something to write, there is nothing to finish.
    const isTraining = run.stage === "training";
    isFinishing &&= isTraining;
    finish.disabled = !isTraining || isFinishing;
    giveUp.disabled = run.stage === "finishing";
    say(playing, training.follows ? heardNow(run, model, told) : "");
  };
  // The instrument that plays, and the last hearing that there was when it began to.
  let model = "";
  let told = null;
  let latest = null;
  state.on("/lb/train/hearing", ([number]) => { latest = number; });
  state.on("/lb/info", ([name]) => {
    model = name;
    told = latest;
    show();
  });
  run.onChange(show);
  training.onChange(show);
  return box;
}

function heardNow(run, model, told) {
  const { hearings } = run.progress;
  // A page that was opened meanwhile has not been told: then it is the last one that is known.
  const hearing = told === null ? hearings.at(-1) : hearings.find((one) => one.number === told);
  if (!hearing || model !== run.name) return "What it has learnt plays as soon as there is something to play.";
  return `Hearing ${hearing.number} plays: what it had learnt after ${hearing.step} steps.`;
}

// Asks once more, in the page, where the button is.
function question(asked, does) {
  const yes = button("Give up now", () => {
    hide();
    asked.focus();
    does();
  });
  const hide = () => { box.hidden = true; };
  const box = element("div", { class: "train-sure row", role: "group", "aria-label": "Give up?" },
    element("span", {}, "No instrument is written. It can go on later from its last checkpoint, of which there is one every minute."),
    yes, button("Keep training", () => {
      hide();
      asked.focus();
    }));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hide();
    asked.focus();
  });
  box.hidden = true;
  return {
    element: box,
    hide,
    show() {
      box.hidden = false;
      yes.focus();
    },
  };
}
