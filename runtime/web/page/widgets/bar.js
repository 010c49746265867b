// A narrow bar that stands for one number, with the range of the data behind it.

import { element } from "../elements.js";
import { valueControl } from "./value_control.js";

// `what` as for valueControl, and { name, low, high }: where nearly all the data lie. Returns { node, show(value) }.
export function bar(what) {
  const share = (value) => Math.min(1, Math.max(0, (value - what.min) / (what.max - what.min)));
  const data = element("div", { class: "data" });
  data.style.bottom = `${100 * share(what.low)}%`;
  data.style.height = `${100 * (share(what.high) - share(what.low))}%`;
  const hand = element("div", { class: "hand" });
  const column = element("div", { class: "column", title: what.label }, data, hand);
  const node = element("div", { class: "value-bar" }, column, element("span", { "aria-hidden": "true" }, what.name));
  const control = valueControl(column, what);
  return {
    node,
    show(value) {
      control.show(value);
      hand.style.bottom = `${100 * share(value)}%`;
      node.classList.toggle("is-outside", value < what.low || value > what.high);
    },
  };
}
