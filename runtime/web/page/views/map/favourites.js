// Favourites are presets: kept by name in a file of the user's, recalled by a click, and there for MIDI and OSC too.

import { button, element, twiceButton } from "../../elements.js";

export function buildFavourites({ state, connection }) {
  const name = element("input", { id: "favourite-name", maxlength: 64, autocomplete: "off", required: "" });
  const list = element("ul", { class: "map-favourites", "aria-label": "Favourites" });
  const form = element(
    "form", { class: "map-row" }, element("label", { for: "favourite-name" }, "Name"), name,
    element("button", { type: "submit" }, "Keep"),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const wanted = name.value.trim();
    if (!wanted) return;
    connection.send("/lb/preset/save", wanted);
    name.value = "";
  };
  let timer = 0;
  const show = () => {
    list.replaceChildren(...[...state.all("/lb/presetinfo")].map(([number, [text, isOwn]]) =>
      entry(connection, number, text, isOwn)));
  };
  for (const address of ["/lb/presets", "/lb/presetinfo"]) {
    state.on(address, () => {
      // They come one by one.
      clearTimeout(timer);
      timer = setTimeout(show, 0);
    });
  }
  // Nobody is told of them before they ask, and another model has others.
  state.on("/lb/info", () => connection.send("/lb/presets"));
  return element("section", { class: "card" }, element("h2", {}, "Favourites"), form, list);
}

function entry(connection, number, text, isOwn) {
  const recall = button(text, () => connection.send("/lb/preset", text), { class: "map-recall" });
  const row = element("li", {}, recall);
  if (isOwn) {
    const forget = () => connection.send("/lb/preset/delete", text);
    row.append(twiceButton("×", forget, { "aria-label": `Delete ${text}`, title: "Delete" }));
  }
  row.dataset.number = number;
  return row;
}
