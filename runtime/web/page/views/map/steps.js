// Undo and redo, by button; stepping.js has the keys.

import { button, element } from "../../elements.js";

export function buildSteps({ connection }) {
  return element(
    "section", { class: "card" }, element("h2", {}, "Steps"),
    element(
      "div", { class: "map-row" },
      button("Undo", () => connection.send("/lb/undo"), { "aria-keyshortcuts": "Control+Z" }),
      button("Redo", () => connection.send("/lb/redo"), { "aria-keyshortcuts": "Control+Shift+Z" }),
    ),
  );
}
