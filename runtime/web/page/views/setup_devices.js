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
  // Chosen and not used yet: what is told meanwhile must not take it out of the hand.
  const chosen = new Set();
  let isAsked = false;
  let isAnswered = false;

  const use = button("Use it", () => {
    chosen.delete(output);
    chosen.delete(block);
    isAsked = true;
    isAnswered = false;
    notices.say(`Changing the output to ${output.selectedOptions[0]?.textContent ?? ""} …`);
    connection.send("/lb/output", output.value, Number(block.value));
  });
  const listen = button("Listen to it", () => {
    chosen.delete(midi);
    connection.send("/lb/midi", midi.value);
  });

  for (const one of known) one.addEventListener("change", () => chosen.add(one));
  for (const one of [...known, use, listen]) one.disabled = true;
  state.on("/lb/outputs", () => { for (const one of [...known, use, listen]) one.disabled = false; });

  function showOutputs() {
    const [used, frames] = state.get("/lb/output") ?? ["", 0];
    const entries = [...state.all("/lb/outputinfo").values()];
    fill(output, entries);
    // JACK's name has that of its client behind it, a card's may be longer than what was asked for.
    const now = entries.find(([value]) => value === used || used.startsWith(`${value}:`)) ?? entries.find(([value]) => used.includes(value));
    if (now && !chosen.has(output)) output.value = now[0];
    if (BLOCKS.includes(frames) && !chosen.has(block)) block.value = frames;
  }

  function showMidi() {
    const [used] = state.get("/lb/midi") ?? [""];
    const names = [...state.all("/lb/midiportinfo").values()].map(([name]) => name);
    // A part of a port's name will do where it was started.
    if (used && names.length && !names.includes(used)) names.push(used);
    fill(midi, names.map((name) => [name, name]));
    if (!chosen.has(midi)) midi.value = used;
  }

  function fill(select, entries) {
    const before = select.value;
    select.replaceChildren(...entries.map(([value, words]) => element("option", { value }, words)));
    select.value = before;
    if (!select.value) chosen.delete(select);
  }

  // Until then it is told where the sound went before, as to whoever looks.
  state.on("/lb/sound", ([sounds]) => { isAnswered ||= Boolean(sounds); });
  state.on("/lb/error", () => { isAnswered = true; });
  state.on("/lb/output", ([used, frames]) => {
    showOutputs();
    if (isAsked && isAnswered) {
      isAsked = false;
      notices.say(`The sound goes to ${used} now, in blocks of ${frames} frames.`);
      // Others may be there now, or be gone.
      look();
    }
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
