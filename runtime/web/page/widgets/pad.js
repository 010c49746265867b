// A square in which one point is moved, by mouse, finger or arrow keys; x to the right and y upwards, 0…1 each.

import { element } from "../elements.js";

const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEP = 0.02;
const FINE = 0.1;

// `set(x, y)` is called when it is moved. Returns { node, show(x, y) }; what is to be seen behind goes into `node`.
export function pad(label, set) {
  const handle = element("button", { type: "button", class: "handle" });
  const node = element("div", { class: "pad" }, handle);
  let at = [0, 0];
  const within = (number) => Math.min(1, Math.max(0, number));

  const point = (event) => {
    const box = node.getBoundingClientRect();
    set(within((event.clientX - box.left) / box.width), within(1 - (event.clientY - box.top) / box.height));
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.focus();
    node.setPointerCapture(event.pointerId);
    node.addEventListener("pointermove", point);
    node.addEventListener("lostpointercapture", () => node.removeEventListener("pointermove", point), { once: true });
    point(event);
  });
  handle.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const [dx, dy] = step.map((one) => one * STEP * (event.shiftKey ? FINE : 1));
    set(within(at[0] + dx), within(at[1] + dy));
  });
  return {
    node,
    show(x, y) {
      at = [x, y];
      handle.style.left = `${100 * x}%`;
      handle.style.bottom = `${100 * y}%`;
      handle.setAttribute("aria-label", `${label}: ${(100 * x).toFixed(0)} % right, ${(100 * y).toFixed(0)} % up`);
    },
  };
}
