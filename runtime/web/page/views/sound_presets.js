// Presets: those of the model and the player's own.

import { button, element, twiceButton } from "../elements.js";

const LONGEST_NAME = 64;

export function presets({ state, connection, notices }) {
  const list = element("div", { class: "choices presets", role: "group", "aria-label": "Presets" });
  const name = element("input", { id: "preset-name", maxlength: LONGEST_NAME, size: 16 });
  const form = element(
    "form", { class: "row" }, element("label", { for: "preset-name" }, "Keep as"), name, element("button", {}, "Keep"),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!name.value.trim()) return;
    connection.send("/lb/preset/save", name.value.trim());
    name.value = "";
  };
  let drawn = 0;
  const draw = () => {
    drawn = 0;
    list.replaceChildren(...[...state.all("/lb/presetinfo").values()].flatMap(([preset, isOwn]) => {
      const recall = button(preset, () => connection.send("/lb/preset", preset), isOwn ? { class: "own" } : {});
      if (!isOwn) return [recall];
      const remove = twiceButton("×", () => connection.send("/lb/preset/delete", preset), { "aria-label": `Forget preset ${preset}` });
      return [element("span", { class: "pair" }, recall, remove)];
    }));
  };
  // They come one by one; all are drawn once.
  const later = () => { drawn ||= requestAnimationFrame(draw); };
  state.on("/lb/presets", later);
  state.on("/lb/presetinfo", later);
  state.on("/lb/info", () => connection.send("/lb/presets"));
  state.on("/lb/preset", ([preset]) => notices.say(`Preset ${preset}.`));
  return element("section", { class: "card" }, element("h2", {}, "Presets"), list, form);
}
