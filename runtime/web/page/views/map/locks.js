// Axes that children and random places leave as they are.

import { element } from "../../elements.js";

export function buildLocks({ state, connection, instrument }) {
  const list = element("div", { class: "map-row", role: "group", "aria-label": "Locked axes" });
  let forget = [];
  instrument.onModel((model) => {
    forget.forEach((one) => one());
    forget = [];
    list.replaceChildren(...model.axes.map(({ name }) => {
      const address = `/lb/axis/${name}/lock`;
      const made = element("button", { type: "button", "aria-pressed": "false" }, name.replaceAll("_", " "));
      forget.push(state.on(address, ([isLocked]) => made.setAttribute("aria-pressed", Boolean(isLocked)), [0]));
      made.onclick = () => {
        connection.move(address, made.getAttribute("aria-pressed") === "true" ? 0 : 1);
        // Children are made anew with what is locked now.
        const children = state.get("/lb/children");
        if (children) connection.send("/lb/children", ...children);
      };
      return made;
    }));
  });
  return element("section", { class: "card" }, element("h2", {}, "Keep as it is"), list);
}
