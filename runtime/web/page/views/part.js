// In the bar: which part this page shows and moves.

import { element } from "../elements.js";
import { PARTS } from "../parts.js";

// Of this tab of the browser, for when it loads the page once more.
const KEPT = "latentbridge-part";

export function build(place, { state, connection, hands }) {
  const numbers = Array.from({ length: PARTS }, (_, index) => index + 1);
  const choice = element("select", {
    "aria-label": "Part", title: "What this page shows and moves: each MIDI channel plays a part of its own",
  }, ...numbers.map((number) => element("option", { value: number }, `Part ${number}`)));
  const ask = () => connection.send("/lb/tell");
  choice.onchange = () => {
    // What is held belongs to the part before.
    hands.held.releaseAll();
    sessionStorage.setItem(KEPT, choice.value);
    state.speakTo(Number(choice.value));
    ask();
  };
  choice.value = Number(sessionStorage.getItem(KEPT)) || state.part;
  state.speakTo(Number(choice.value));
  // Those who come are told all of part 1.
  state.on("/lb/info", () => state.part !== 1 && ask());
  place.append(choice);
}
