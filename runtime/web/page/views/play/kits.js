// Kits: what all keys play, drawn anew, kept under a name, and the pads written as a folder of files for a sampler.

import { fileName } from "../../capturing.js";
import { button, element, twiceButton } from "../../elements.js";
import { PADS } from "../../music.js";
import { linkTo } from "../../requests.js";

export function buildKits(page, sounds, padPanel) {
  const { state, connection } = page;
  const chosen = element("select", { "aria-label": "Kit" });
  const name = element("input", { type: "text", id: "kit-name", maxlength: 64, placeholder: "My kit", size: 14 });
  const show = () => {
    const before = chosen.value;
    const names = [...state.all("/lb/kitinfo").values()].map(([one]) => one);
    chosen.replaceChildren(...names.map((one) => element("option", { value: one }, one)));
    if (names.includes(before)) chosen.value = before;
    for (const one of [chosen, load, forget]) one.disabled = names.length === 0;
  };
  const load = button("Load", () => connection.send("/lb/kit", chosen.value));
  const forget = twiceButton("Delete", () => connection.send("/lb/kit/delete", chosen.value));
  for (const address of ["/lb/kits", "/lb/kitinfo"]) state.on(address, show);
  state.on("/lb/info", () => connection.send("/lb/kits"));
  show();
  return element(
    "section", { class: "card", "aria-label": "Kits" }, element("h2", {}, "Kits"),
    drawAnew(page, sounds, padPanel),
    element("div", { class: "row" }, chosen, load, forget),
    element(
      "form", { class: "row", onsubmit: (event) => save(event, name, connection) },
      element("label", { for: "kit-name" }, "Name"), name, element("button", { type: "submit" }, "Save"),
      button("Export the kit", () => connection.send("/lb/kit/export", name.value.trim()), {
        title: "Write the sixteen pads as files for a sampler",
      }),
    ),
    exported(state),
  );
}

function drawAnew({ connection, notices }, sounds, padPanel) {
  const all = button("Re-roll all", () => {
    connection.send("/lb/kit/reroll", padPanel.amount);
    notices.say("Every pad that is not locked has another sound of its class. Undo brings the kit before back.");
  }, { title: "Every pad and key that has a sound of its own and is not locked, as far as is set above" });
  const show = () => { all.disabled = PADS.every((note) => sounds.of(note).follows || sounds.of(note).isLocked); };
  sounds.onChange(show);
  show();
  return element(
    "div", { class: "row" }, all,
    button("Undo", () => connection.send("/lb/undo")), button("Redo", () => connection.send("/lb/redo")),
  );
}

function save(event, name, connection) {
  event.preventDefault();
  connection.send("/lb/kit/save", name.value.trim());
}

function exported(state) {
  const progress = element("progress", { max: 16, value: 0, "aria-label": "Export" });
  const said = element("p", { role: "status" });
  const link = element("a", { class: "button" });
  progress.hidden = link.hidden = true;
  state.on("/lb/kit/exporting", ([done, of]) => {
    progress.hidden = false;
    link.hidden = true;
    Object.assign(progress, { max: of, value: done });
    said.textContent = `${done} of ${of} files`;
  });
  state.on("/lb/kit/exported", ([path, files]) => {
    const kit = fileName(path);
    progress.hidden = true;
    link.hidden = false;
    said.textContent = `${files} files are in ${path}`;
    Object.assign(link, { href: linkTo(`/api/kits/${encodeURIComponent(kit)}`), download: `${kit}.zip` });
    link.textContent = `Download ${kit}.zip`;
  });
  state.on("/lb/error", () => { progress.hidden = true; });
  return element("div", { class: "exported" }, progress, said, link);
}
