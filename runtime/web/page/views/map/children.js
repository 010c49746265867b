// Eight small mutations of the present sound around it, to hear and to take. Opposite each other lie opposite ones.

import { button, element } from "../../elements.js";
import { differences } from "./differences.js";

// After the place has stood still for so long it has children of its own.
const SETTLED_MS = 400;
const LARGEST_SEED = 9999;
const USUAL_AMOUNT = 0.35;
const ARROWS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 };
const MIDDLE = 4;

export function buildChildren(page, auditions) {
  const { state, connection, instrument } = page;
  const amount = element("input", { type: "range", min: 0.05, max: 1, step: 0.01, id: "children-amount" });
  const seed = element("input", { type: "number", min: 0, max: LARGEST_SEED, step: 1, id: "children-seed" });
  amount.value = USUAL_AMOUNT;
  seed.value = 1;
  const cells = Array.from({ length: 9 }, (_, at) => (at === MIDDLE ? middle() : child(at < MIDDLE ? at + 1 : at)));
  const grid = element("div", { class: "map-children", role: "group", "aria-label": "Children of the sound" }, ...cells);
  grid.addEventListener("keydown", (event) => moveFocus(event, cells));
  let timer = 0;

  const ask = () => connection.send("/lb/children", Number(amount.value), Number(seed.value));
  const askSoon = () => {
    clearTimeout(timer);
    // The same seed: what opens anew, or on another page, finds the same children.
    timer = setTimeout(() => isShown() && ask(), SETTLED_MS);
  };
  const isShown = () => grid.clientWidth > 0 && !document.hidden;
  const others = () => {
    seed.value = (Number(seed.value) + 1) % (LARGEST_SEED + 1);
    ask();
  };

  function middle() {
    const hear = () => auditions.hearPresent();
    return button("Now", hear, { class: "map-child map-now", "aria-label": "Hear the present sound" });
  }

  function child(number) {
    const words = element("span", { class: "map-child-words" });
    const made = element("button", { type: "button", class: "map-child", "data-child": number }, `${number}`, words);
    made.onclick = () => take(number);
    made.onpointerenter = (event) => event.pointerType === "mouse" && auditions.hearChild(number);
    made.onpointerleave = () => auditions.leave();
    made.onfocus = () => made.matches(":focus-visible") && auditions.hearChild(number);
    return made;
  }

  function take(number) {
    connection.send("/lb/child", number);
    auditions.hearChosenChild(number);
    seed.value = (Number(seed.value) + 1) % (LARGEST_SEED + 1);
    ask();
    page.notices.say(`Child ${number} is the sound now.`);
  }

  function label() {
    for (const cell of cells) {
      const number = Number(cell.dataset.child);
      const known = number && state.all("/lb/child").get(number);
      if (!known) continue;
      const [short, long] = differences(instrument.model, state.get("/lb/z"), known.slice(2));
      cell.querySelector(".map-child-words").textContent = short;
      cell.setAttribute("aria-label", `Child ${number}${long ? `: ${long}` : ""}`);
    }
  }

  amount.oninput = askSoon;
  seed.onchange = ask;
  for (const address of ["/lb/z", "/lb/zi", "/lb/map", "/lb/info"]) state.on(address, askSoon);
  state.on("/lb/child", label);
  state.on("/lb/children", ([told, drawn]) => {
    amount.value = told;
    seed.value = drawn;
  });
  const root = element(
    "section", { class: "card" }, element("h2", {}, "Children"), grid,
    element("label", { for: "children-amount" }, "How different"), amount,
    element(
      "div", { class: "map-row" }, button("Others", others, { title: "Other children of the same sound" }),
      element("label", { for: "children-seed" }, "Seed"), seed,
    ),
  );
  return { root, refresh: askSoon };
}

// Arrows go from cell to cell of the square.
function moveFocus(event, cells) {
  const at = cells.indexOf(document.activeElement);
  const to = at + ARROWS[event.key];
  if (at < 0 || !(event.key in ARROWS)) return;
  event.preventDefault();
  const isSideways = Math.abs(ARROWS[event.key]) === 1;
  if (to < 0 || to > 8 || (isSideways && Math.floor(to / 3) !== Math.floor(at / 3))) return;
  cells[to].focus();
}
