// A group of buttons with one stop for the Tab key: arrows move within it, as the ARIA authoring practices have it.

// `step(index, key)` says which button an arrow leads to from one; undefined for a key that is none.
export function rove(buttons, step) {
  let at = 0;
  const stop = (index) => {
    buttons[at].tabIndex = -1;
    at = index;
    buttons[at].tabIndex = 0;
  };
  buttons.forEach((button, index) => {
    button.tabIndex = index === 0 ? 0 : -1;
    button.addEventListener("focus", () => stop(index));
    button.addEventListener("keydown", (event) => {
      const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? step(index, event.key);
      if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      if (to >= 0 && to < buttons.length) buttons[to].focus();
    });
  });
}
