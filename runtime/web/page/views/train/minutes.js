// A number of minutes, with some usual ones beside it: { element, value }.

import { button, element } from "../../elements.js";

const USUAL = [5, 20, 60];
const SHORTEST = 0.5;
const LONGEST = 24 * 60;

export function minutesField(id, first) {
  const input = element("input", {
    id, type: "number", min: SHORTEST, max: LONGEST, step: "any", value: first, required: "",
  });
  const mark = () => choices.forEach((one) => one.setAttribute("aria-pressed", one.textContent === input.value));
  const set = (minutes) => {
    input.value = minutes;
    mark();
  };
  const choices = USUAL.map((one) => button(String(one), () => set(one), { "aria-label": `${one} minutes` }));
  input.addEventListener("input", mark);
  mark();
  return {
    element: element("div", { class: "row" }, input, ...choices),
    get value() {
      return Number(input.value);
    },
    set value(minutes) {
      set(minutes);
    },
  };
}
