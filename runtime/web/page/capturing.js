// Exporting the sound that was played last: a button in the bar, and the space bar wherever nobody is typing.

import { button } from "./elements.js";
import { isOperated, isTyping } from "./typing.js";

export function build(place, { state, connection, notices }) {
  const capture = () => connection.send("/lb/capture");
  window.addEventListener("keydown", (event) => {
    if (event.code !== "Space" || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event.target) || isOperated(event.target)) return;
    // A button that was clicked has the focus still, and would be pressed as well.
    if (event.target instanceof HTMLElement) event.target.blur();
    event.preventDefault();
    capture();
  }, true);
  state.on("/lb/captured", ([path]) => notices.say(`Captured ${fileName(path)}`));
  place.append(button("Capture", capture, {
    title: "Write the note played last as a WAV file (space bar)", "aria-keyshortcuts": "Space",
  }));
}

export function fileName(path) {
  return path.split(/[/\\]/).pop();
}
