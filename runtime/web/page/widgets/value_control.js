// What all things share that stand somewhere between a lowest and a highest value and can be moved: knobs and bars.
//
// Drag up and down (with Shift ten times as fine), arrow keys, Page and Home keys, the wheel while it has the focus,
// a double click for the default, Enter or a digit to type a value, a right click, a finger that rests on it, or Shift+F10
// for a menu.

import { element } from "../elements.js";

const TRAVEL_PX = 220;
const FINE = 0.1;
const KEY_STEPS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };
const KEY_STEP = 0.01;
const WHEEL_STEP = 0.01;
const RESTS_MS = 600;
const RESTS_PX = 6;

// `node` becomes the slider. `what`: { label, min, max, rest, format(value) → text, parse(text) → value or NaN,
// set(value), openMenu(x, y) }. Returns { show(value) }, to be called whenever the value has changed anywhere.
export function valueControl(node, what) {
  const span = what.max - what.min;
  let value = what.rest;
  node.tabIndex = 0;
  node.classList.add("value-control");
  node.setAttribute("role", "slider");
  node.setAttribute("aria-label", what.label);
  node.setAttribute("aria-valuemin", what.min);
  node.setAttribute("aria-valuemax", what.max);

  const set = (wanted) => what.set(Math.min(what.max, Math.max(what.min, wanted)));

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("input")) return;
    event.preventDefault();
    node.focus();
    node.setPointerCapture(event.pointerId);
    let lastY = event.clientY;
    let exact = value;
    const rest = event.pointerType === "touch" ? setTimeout(() => {
      end();
      openMenu(event);
    }, RESTS_MS) : 0;
    const drag = (moved) => {
      if (Math.abs(moved.clientY - event.clientY) > RESTS_PX) clearTimeout(rest);
      exact += ((lastY - moved.clientY) / TRAVEL_PX) * span * (moved.shiftKey ? FINE : 1);
      // What was dragged past an end comes back at once.
      exact = Math.min(what.max, Math.max(what.min, exact));
      lastY = moved.clientY;
      set(exact);
    };
    const end = () => {
      clearTimeout(rest);
      node.removeEventListener("pointermove", drag);
    };
    node.addEventListener("pointermove", drag);
    node.addEventListener("lostpointercapture", end, { once: true });
  });
  node.addEventListener("dblclick", () => set(what.rest));
  node.addEventListener("wheel", (event) => {
    // A page that is scrolled must not move the knobs on the way.
    if (document.activeElement !== node) return;
    event.preventDefault();
    set(value - Math.sign(event.deltaY) * WHEEL_STEP * span * (event.shiftKey ? FINE : 1));
  }, { passive: false });
  node.addEventListener("keydown", (event) => {
    if (event.target !== node || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in KEY_STEPS) set(value + KEY_STEPS[event.key] * KEY_STEP * span * (event.shiftKey ? FINE : 1));
    else if (event.key === "Home") set(what.min);
    else if (event.key === "End") set(what.max);
    else if (event.key === "Delete" || event.key === "Backspace") set(what.rest);
    else if (event.key === "Enter") type(node, what, what.format(value), set);
    else if (/^[-0-9.,]$/.test(event.key)) type(node, what, event.key, set);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const openMenu = ({ clientX, clientY }) => {
    const box = node.getBoundingClientRect();
    what.openMenu?.(clientX || box.left, clientY || box.bottom);
  };
  node.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    // Some browsers tell of a finger's rest, and some do not.
    if (event.pointerType !== "touch") openMenu(event);
  });

  return {
    show(now) {
      value = now;
      node.setAttribute("aria-valuenow", Number(now.toFixed(4)));
      node.setAttribute("aria-valuetext", what.format(now));
    },
  };
}

// Let a value be typed in the place of the control.
function type(node, what, begun, set) {
  const input = element("input", { class: "typed", "aria-label": `${what.label}, value`, inputmode: "decimal" });
  let isDone = false;
  const done = (takes) => {
    // Leaving the page's tree takes the focus away too.
    if (isDone) return;
    isDone = true;
    const typed = what.parse(input.value);
    input.remove();
    node.focus();
    if (takes && Number.isFinite(typed)) set(typed);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") done(true);
    else if (event.key === "Escape") done(false);
    else if (event.key !== "Tab") return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => done(false));
  node.parentElement.append(input);
  input.value = begun;
  input.focus();
  if (begun.length > 1) input.select();
}

export function numberIn(text) {
  return parseFloat(text.replace(",", ".").replace("−", "-"));
}
