// In the bar: listen here, and how late that is.

import { Listening } from "../audio/listening.js";
import { button, element } from "../elements.js";
import { getJson } from "../requests.js";

const NO_OUTPUT = "null";

export function build(place, page) {
  const { state, notices } = page;
  const listening = new Listening();
  page.listening = listening;
  const shown = element("span", { class: "shown" });
  const toggle = button("Listen here", async () => {
    try {
      await (listening.isOn ? listening.stop() : listening.start());
    } catch (error) {
      notices.say(error.message, "error");
    }
  }, { "aria-pressed": false, title: "Play the mix in this browser" });
  listening.onChange(({ isOn, seconds, gaps }) => {
    toggle.setAttribute("aria-pressed", isOn);
    shown.textContent = isOn && seconds ? lateness(seconds, gaps) : "";
  });

  // What the instrument itself takes from a key to its sound comes on top.
  function lateness(seconds, gaps) {
    const delay = state.get("/lb/stat")?.[3] ?? 0;
    return `${(1000 * seconds + delay).toFixed(0)} ms after a key${gaps ? `, ${gaps} ${gaps === 1 ? "gap" : "gaps"}` : ""}`;
  }

  state.on("/lb/info", async () => {
    const sound = await getJson("/api/document/sound").catch(() => null);
    toggle.classList.toggle("primary", sound?.output === NO_OUTPUT && !listening.isOn);
    if (sound?.output === NO_OUTPUT && !listening.isOn) {
      toggle.title = "This instrument has no sound output: play the mix in this browser";
    }
  });
  place.append(element("div", { class: "row" }, toggle, shown));
}
