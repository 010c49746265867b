// Where the sound goes, in which blocks, and which MIDI is heard.

import { button, element } from "../elements.js";

const BLOCKS = [32, 64, 128, 256, 512, 1024];

export function devices(panel, { state, connection, notices }) {
  const output = element("select", { id: "output" });
  const block = element("select", { id: "block" }, ...BLOCKS.map((frames) => element("option", { value: frames }, `${frames} frames`)));
  const midi = element("select", { id: "midi" });
  const heard = element("p", { class: "quiet" });
  const known = [output, block, midi];
  const look = () => connection.send("/lb/devices");
  let changing = "";

  const use = button("Use it", () => {
    changing = output.selectedOptions[0]?.textContent ?? "";
    notices.say(`Changing the output to ${changing} …`);
    connection.send("/lb/output", output.value, Number(block.value));
  });
  const listen = button("Listen to it", () => connection.send("/lb/midi", midi.value));

  for (const one of [...known, use, listen]) one.disabled = true;
  state.on("/lb/outputs", () => { for (const one of [...known, use, listen]) one.disabled = false; });

  function showOutputs() {
    const [used, frames] = state.get("/lb/output") ?? ["", 0];
    const entries = [...state.all("/lb/outputinfo").values()];
    output.replaceChildren(...entries.map(([value, words]) => element("option", { value }, words)));
    // JACK's name has that of its client behind it, a card's may be longer than what was asked for.
    const now = entries.find(([value]) => value === used || used.startsWith(`${value}:`)) ?? entries.find(([value]) => used.includes(value));
    if (now) output.value = now[0];
    if (BLOCKS.includes(frames)) block.value = frames;
  }

  function showMidi() {
    const [used] = state.get("/lb/midi") ?? [""];
    midi.replaceChildren(...[...state.all("/lb/midiportinfo").values()].map(([name]) => element("option", { value: name }, name)));
    midi.value = used;
  }

  state.on("/lb/output", ([used, frames]) => {
    showOutputs();
    if (changing) notices.say(`The sound goes to ${used} now, in blocks of ${frames} frames.`);
    changing = "";
  });
  state.on("/lb/midi", ([choice, names]) => {
    showMidi();
    heard.textContent = names === undefined ? "" : `Heard: ${names || "none"}`;
    if (names !== undefined) notices.say(`MIDI: ${choice}${names ? ` (${names})` : ""}.`);
  });
  panel.addEventListener("shown", look);
  return element(
    "section", { class: "card" }, element("h2", {}, "Devices"),
    element("div", { class: "row" }, element("label", { for: "output" }, "Output"), output, element("label", { for: "block" }, "Block"), block, use),
    element("div", { class: "row" }, element("label", { for: "midi" }, "MIDI"), midi, listen),
    heard,
    button("Look again", look),
  );
}
