// The map: the sounds that the model learned as points, the place among them, its children, undo, locks, favourites.

import { element } from "../../elements.js";
import { Auditions } from "./auditions.js";
import { buildChildren } from "./children.js";
import { buildFavourites } from "./favourites.js";
import { buildLegend } from "./legend.js";
import { buildLocks } from "./locks.js";
import { buildSteps } from "./steps.js";
import { Surface } from "./surface.js";

export const label = "Map";

export function build(panel, page) {
  panel.classList.add("map-view");
  const auditions = new Auditions(page);
  const surface = new Surface(page, auditions);
  const legend = buildLegend(page, surface);
  const children = buildChildren(page, auditions);
  panel.append(
    element("div", { class: "map-main" }, buildTools(page, surface, auditions), surface.root, legend),
    element(
      "div", { class: "map-side" },
      children.root, buildSteps(page), buildLocks(page), buildFavourites(page),
    ),
  );
  watchWhileShown(panel, page, () => {
    surface.layOut();
    children.refresh();
  });
}

function buildTools(page, surface, auditions) {
  const tools = [
    ["+", "Zoom in", () => surface.zoomIn(1.5)],
    ["−", "Zoom out", () => surface.zoomIn(1 / 1.5)],
    ["Whole map", "Show the whole map", () => surface.showAll()],
    ["Here", "Show the present place", () => surface.home()],
  ].map(([text, name, onclick]) => element("button", { type: "button", onclick, "aria-label": name, title: name }, text));
  const key = element("input", { type: "number", min: 0, max: 127, step: 1, id: "map-key" });
  const keyLabel = element("label", { for: "map-key" }, "Key ", key);
  key.onchange = () => {
    auditions.key = Math.min(Math.max(Math.round(Number(key.value)) || 0, 0), 127);
    key.value = auditions.key;
  };
  page.instrument.onModel((model) => {
    key.value = auditions.key;
    // A drum sounds the same on every key.
    keyLabel.hidden = !model.pitched;
  });
  return element(
    "div", { class: "map-tools", role: "toolbar", "aria-label": "Map" }, ...tools,
    tick("Hear what is pointed at", auditions, "hears"), tick("Play on the way", auditions, "plays"), keyLabel,
  );
}

function tick(text, auditions, what) {
  const box = element("input", { type: "checkbox" });
  box.checked = auditions[what];
  box.onchange = () => {
    auditions[what] = box.checked;
  };
  return element("label", { class: "map-tick" }, box, ` ${text}`);
}

// The instrument says where notes are only while somebody looks.
function watchWhileShown(panel, { connection }, onShown) {
  const tell = () => connection.send("/lb/watch", panel.hidden || document.hidden ? 0 : 1);
  connection.onChange((status) => {
    if (status === "open") tell();
  });
  document.addEventListener("visibilitychange", tell);
  new MutationObserver(() => {
    tell();
    if (!panel.hidden) onShown();
  }).observe(panel, { attributes: true, attributeFilter: ["hidden"] });
  panel.addEventListener("shown", onShown, { once: true });
}
