// In the bar, whichever view is open: panic, and the level of the whole mix.

import { button, element } from "../elements.js";

const GAIN = "/lb/gain";

export function build(place, { state, connection }) {
  const gain = element("input", { type: "range", min: -60, max: 6, step: 0.1, id: "gain" });
  const shown = element("output", { for: "gain" });
  gain.oninput = () => connection.move(GAIN, Number(gain.value));
  gain.ondblclick = () => connection.move(GAIN, 0);
  state.on(GAIN, ([db]) => {
    gain.value = db;
    shown.textContent = `${db.toFixed(1)} dB`;
  });
  place.append(
    element("label", { for: "gain" }, "Level"), gain, shown,
    button("Panic", () => connection.send("/lb/alloff"), { title: "Silence at once" }),
  );
}
