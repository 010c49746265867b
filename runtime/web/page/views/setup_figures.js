// How the instrument is doing, in figures.

import { element } from "../elements.js";
import { getJson } from "../requests.js";

export function figures({ state, connection }) {
  const list = element("dl", { class: "figures" });
  const shown = {};
  for (const [key, name, title] of [
    ["load", "Load", "100 % means that a block of sound takes all the time there is"],
    ["late", "Late blocks", "Blocks of sound that were not ready in time"],
    ["dropped", "Dropped events", "Messages that did not reach the engine"],
    ["delay", "Key to sound", "Constant time from a key to its sound"],
    ["output", "Output", "Where the sound goes"],
    ["provider", "Decoded by", "The processor or a graphics card"],
    ["block", "Block", "Frames that the output takes at a time"],
    ["rate", "Sample rate", "Of the output"],
    ["voices", "Voices", "That can sound at once"],
    ["version", "Version", "Of latentbridge"],
    ["connection", "Connection", "Of this page to the instrument"],
  ]) {
    shown[key] = element("dd", {}, "–");
    list.append(element("dt", { title }, name), shown[key]);
  }
  state.on("/lb/stat", ([load, late, dropped, delay]) => {
    shown.load.textContent = `${(100 * load).toFixed(0)} %`;
    shown.late.textContent = late;
    shown.dropped.textContent = dropped;
    shown.delay.textContent = `${delay.toFixed(1)} ms`;
  });
  state.on("/lb/info", ([, , rate, block, voices, , version]) => {
    shown.block.textContent = `${block} frames`;
    shown.rate.textContent = `${rate} Hz`;
    shown.voices.textContent = voices;
    shown.version.textContent = version;
  });
  state.on("/lb/info", async () => {
    const sound = await getJson("/api/document/sound").catch(() => null);
    shown.output.textContent = sound?.output ?? "–";
    shown.provider.textContent = sound?.provider ?? "–";
  });
  connection.onChange((status) => { shown.connection.textContent = status; });
  return element("section", { class: "card" }, element("h2", {}, "How it is doing"), list);
}
