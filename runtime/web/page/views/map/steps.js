// Undo and redo, by button and by the usual keys.

import { button, element } from "../../elements.js";

export function buildSteps({ connection }, panel) {
  const undo = () => connection.send("/lb/undo");
  const redo = () => connection.send("/lb/redo");
  panel.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const isText = event.target.matches("input:not([type=range], [type=checkbox])");
    if (isText || !(event.ctrlKey || event.metaKey) || !(key === "z" || key === "y")) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });
  return element(
    "section", { class: "card" }, element("h2", {}, "Steps"),
    element(
      "div", { class: "map-row" },
      button("Undo", undo, { "aria-keyshortcuts": "Control+Z" }),
      button("Redo", redo, { "aria-keyshortcuts": "Control+Shift+Z" }),
    ),
  );
}
