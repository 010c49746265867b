// Mouse, pen and fingers on the map, told as what they mean.
//
//   hover(left, top) / leave()            a mouse or pen moves, touching nothing
//   begin(left, top) / travel(left, top) / end()   pressed, dragged, let go
//   pan(right, down), zoom(left, top, factor)      the wheel, two fingers, the middle button or Shift

const WHEEL_STEP = 0.0015;
const LINE_PIXELS = 16;
// A finger that lies so long, or moves so far, is not about to be joined by a second one.
const ALONE_MS = 120;
const ALONE_PIXELS = 6;

export function followGestures(surface, meanings) {
  const fingers = new Map();
  let doing = "";
  let first = [0, 0];
  let timer = 0;

  const begin = () => {
    clearTimeout(timer);
    doing = "travel";
    meanings.begin(...first);
  };

  const at = (event) => {
    const box = surface.getBoundingClientRect();
    return [event.clientX - box.left - surface.clientLeft, event.clientY - box.top - surface.clientTop];
  };

  surface.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    surface.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    if (doing === "travel") meanings.end();
    clearTimeout(timer);
    doing = fingers.size > 1 ? "pinch" : event.button === 1 || event.shiftKey ? "pan" : "wait";
    first = at(event);
    if (doing === "wait" && event.pointerType === "touch") timer = setTimeout(begin, ALONE_MS);
    else if (doing === "wait") begin();
    if (event.button === 1) event.preventDefault();
  });

  surface.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) {
      if (event.pointerType !== "touch") meanings.hover(...at(event));
      return;
    }
    const before = [...fingers.values()];
    const was = fingers.get(event.pointerId);
    const is = at(event);
    fingers.set(event.pointerId, is);
    if (doing === "wait" && Math.hypot(is[0] - first[0], is[1] - first[1]) > ALONE_PIXELS) begin();
    if (doing === "travel") meanings.travel(...is);
    else if (doing === "pan") meanings.pan(is[0] - was[0], is[1] - was[1]);
    else if (fingers.size > 1) pinch(before, [...fingers.values()]);
  });

  const lift = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (doing === "wait") begin();
    if (doing === "travel") meanings.end();
    doing = fingers.size ? "pan" : "";
  };
  surface.addEventListener("pointerup", lift);
  surface.addEventListener("pointercancel", lift);
  surface.addEventListener("pointerleave", () => fingers.size || meanings.leave());

  surface.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1);
    // Browsers report the pinch of a touch pad as a wheel with Ctrl, in finer steps.
    meanings.zoom(...at(event), Math.exp(-pixels * WHEEL_STEP * (event.ctrlKey ? 6 : 1)));
  }, { passive: false });

  function pinch([a, b], [c, d]) {
    const middle = (p, q) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
    const span = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]) || 1;
    const [from, to] = [middle(a, b), middle(c, d)];
    meanings.pan(to[0] - from[0], to[1] - from[1]);
    meanings.zoom(...to, span(c, d) / span(a, b));
  }
}
