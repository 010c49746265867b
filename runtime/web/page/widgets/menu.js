// A small menu at a place: arrows move in it, Escape or a click elsewhere closes it, and the focus goes back.

import { button, element } from "../elements.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

// `entries`: [text, what to do] each.
export function openMenu(x, y, label, entries) {
  const before = document.activeElement;
  const menu = element("div", { class: "menu", role: "menu", "aria-label": label });
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    before?.focus();
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  for (const [text, act] of entries) {
    menu.append(button(text, () => { close(); act(); }, { role: "menuitem", tabindex: -1 }));
  }
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    if (event.key in STEPS) items[(items.indexOf(document.activeElement) + STEPS[event.key] + items.length) % items.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", outside, true);
  document.body.append(menu);
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(0, Math.min(x, innerWidth - box.width))}px`;
  menu.style.top = `${Math.max(0, Math.min(y, innerHeight - box.height))}px`;
  menu.firstChild.focus();
}
