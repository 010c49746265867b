// The morph pad: four places in its corners, and all that lies between them.

import { button, element } from "../elements.js";
import { pad } from "../widgets/pad.js";

const MORPH = "/lb/morph";
const STORED = "/lb/morph/stored";
// Corner → where it is on the pad: A (0, 0), B (1, 0), C (0, 1), D (1, 1).
const CORNERS = ["A", "B", "C", "D"];

export function morph({ state, connection, notices }) {
  const square = pad("Morph", (x, y) => connection.move(MORPH, x, y));
  for (const corner of CORNERS) square.node.append(element("span", { class: `corner ${corner}`, "aria-hidden": "true" }, corner));
  state.on(MORPH, ([x, y]) => square.show(x, y), [0, 0]);
  const stores = CORNERS.map((corner) => button(`Keep as ${corner}`, () => {
    connection.send("/lb/morph/store", corner);
    notices.say(`The place and the axes are corner ${corner} now.`);
  }));
  state.on(STORED, () => CORNERS.forEach((corner, at) => {
    stores[at].classList.toggle("is-stored", state.all(STORED).has(corner));
  }), []);
  return element(
    "section", { class: "card" }, element("h2", {}, "Morph"), square.node, element("div", { class: "row" }, ...stores),
  );
}
