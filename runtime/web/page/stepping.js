// Undo and redo by the usual keys, whichever view is open.

import { isTyping } from "./typing.js";

export function listenToSteps(connection) {
  window.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !(key === "z" || key === "y")) return;
    // What is typed has steps of its own.
    if (isTyping(event.target) && event.target.tagName !== "SELECT") return;
    event.preventDefault();
    connection.send(key === "y" || event.shiftKey ? "/lb/redo" : "/lb/undo");
  });
}
