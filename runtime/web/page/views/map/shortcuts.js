// The map by keyboard, told as what the keys mean. Keys that mean nothing here go on to the rest of the page.

export const HELP =
  "Arrows pan, plus and minus zoom, 0 shows the whole map, Home comes to the present place. With Shift, arrows move the "
  + "place. With Ctrl, arrows go from sound to sound and let it be heard, as Page Up and Page Down do by nearness; "
  + "Enter jumps there, Space lets it be heard again.";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const PAN_PIXELS = 60;
const ZOOM = 1.3;

export function followKeys(surface, meanings) {
  surface.addEventListener("keydown", (event) => {
    // Letters play, and after a click the space bar captures: those are left to the page.
    const done = !event.defaultPrevented && act(event, meanings);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  });
  surface.addEventListener("keyup", (event) => {
    if (event.key in ARROWS || event.key === "Shift") meanings.endSteps();
  });
}

function act(event, meanings) {
  const { key } = event;
  if (event.altKey || event.metaKey) return false;
  if (key in ARROWS) {
    const [right, up] = ARROWS[key];
    if (event.ctrlKey) meanings.towards(right, up);
    else if (event.shiftKey) meanings.step(right, up);
    else meanings.pan(-right * PAN_PIXELS, up * PAN_PIXELS);
    return true;
  }
  if (event.ctrlKey) return false;
  const action = {
    "+": () => meanings.zoomIn(ZOOM),
    "=": () => meanings.zoomIn(ZOOM),
    "-": () => meanings.zoomIn(1 / ZOOM),
    0: meanings.showAll,
    Home: meanings.home,
    PageDown: () => meanings.next(1),
    PageUp: () => meanings.next(-1),
    Enter: meanings.jump,
    " ": meanings.hearAgain,
  }[key];
  action?.();
  return Boolean(action);
}
