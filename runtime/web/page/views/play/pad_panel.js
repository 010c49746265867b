// The pad that was struck last: another sound of its class, the present sound, its lock and its choke group.

import { button, element } from "../../elements.js";
import { FIRST_PAD, noteName, PADS } from "../../music.js";

const MOST_GROUPS = 16;
const ALL = 1;

export function buildPadPanel({ connection, hands }, sounds) {
  let note = FIRST_PAD;
  const hear = () => hands.held.tap(note, hands.velocity);
  const change = (address, ...more) => {
    connection.send(address, note, ...more);
    hear();
  };
  const title = element("h2", {});
  const amount = element("input", { type: "range", id: "pad-amount", min: 0.05, max: ALL, step: 0.05, value: ALL });
  const group = element(
    "select", { id: "pad-group", onchange: () => connection.move("/lb/key/choke", note, Number(group.value)) },
    ...Array.from({ length: MOST_GROUPS + 1 }, (_, number) => element("option", { value: number }, number || "none")),
  );
  const lock = button("Lock", () => {
    connection.move("/lb/key/lock", note, sounds.of(note).isLocked ? 0 : 1);
  }, { title: "A locked pad keeps its sound" });
  const changing = [
    button("Re-roll", () => change("/lb/key/reroll", Number(amount.value)), { title: "Another sound of its class" }),
    button("Take the present sound", () => change("/lb/key/store")),
    button("As the model has it", () => change("/lb/key/reset")),
  ];
  const show = () => {
    const sound = sounds.of(note);
    title.textContent = `Pad ${PADS.indexOf(note) + 1}: ${sound.follows ? "the sound" : sound.className || "own sound"}, `
      + noteName(note);
    lock.setAttribute("aria-pressed", sound.isLocked);
    group.value = sound.group;
    for (const one of changing) one.disabled = sound.isLocked;
  };
  sounds.onChange((changed) => (changed === undefined || changed === note) && show());
  show();
  return {
    // How far a sound that is drawn anew may be from the one before, 0…1.
    get amount() {
      return Number(amount.value);
    },
    select(selected) {
      note = selected;
      show();
    },
    element: element(
      "section", { class: "card pad-panel", "aria-label": "The pad struck last" }, title,
      element("div", { class: "row" }, button("Hear", hear), changing[0], lock),
      element("div", { class: "row" }, element("label", { for: "pad-amount" }, "How far"), amount),
      element("div", { class: "row" }, changing[1], changing[2]),
      element("div", { class: "row" }, element("label", { for: "pad-group" }, "Choke group"), group),
    ),
  };
}
