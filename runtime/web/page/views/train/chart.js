// Lines over time, as SVG: as wide as there is room, with letters of one size on every screen.

import { element } from "../../elements.js";

const HEIGHT = 190;
const EDGE = { left: 46, right: 12, top: 10, bottom: 34 };
const TICKS = { x: 5, y: 4 };
const MARK = 3.5;

export class Chart {
  #svg = svg("svg", { role: "img", height: HEIGHT });
  #legend = element("p", { class: "chart-legend", "aria-hidden": true });
  #unit;
  #lines = [];

  constructor(title, unit) {
    this.#unit = unit;
    this.element = element("figure", { class: "chart" }, element("figcaption", {}, unit ? `${title}, in ${unit}` : title),
      this.#svg, this.#legend);
    new ResizeObserver(() => this.#paint()).observe(this.element);
  }

  // `lines`: [{ name, points: [[seconds, value], …], mark, isDashed }]; `words` say it to who does not see it.
  draw(lines, words) {
    this.#lines = lines;
    this.#svg.setAttribute("aria-label", words);
    this.#legend.hidden = lines.length < 2;
    this.#legend.replaceChildren(...lines.map((line, index) => element("span", {},
      keyOf(line, index), ` ${line.name}`)));
    this.#paint();
  }

  #paint() {
    const width = this.element.clientWidth;
    const points = this.#lines.flatMap((line) => line.points);
    if (!width) return;
    this.#svg.setAttribute("width", width);
    if (!points.length) {
      this.#svg.replaceChildren(text(width / 2, HEIGHT / 2, "Nothing yet", "middle"));
      return;
    }
    const inMinutes = Math.max(...points.map(([at]) => at)) > 120;
    const perUnit = inMinutes ? 60 : 1;
    const x = axis([0, Math.max(...points.map(([at]) => at / perUnit), 1)], TICKS.x, EDGE.left, width - EDGE.right);
    const values = points.map(([, value]) => value);
    const y = axis([Math.min(...values), Math.max(...values)], TICKS.y, HEIGHT - EDGE.bottom, EDGE.top);
    this.#svg.replaceChildren(
      ...y.ticks.map((value) => svg("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y.at(value), y2: y.at(value) })),
      ...y.ticks.map((value) => text(EDGE.left - 6, y.at(value) + 4, y.write(value), "end")),
      ...x.ticks.map((value) => text(x.at(value), HEIGHT - EDGE.bottom + 16, x.write(value), "middle")),
      text(width - EDGE.right, HEIGHT - 3, inMinutes ? "minutes" : "seconds", "end"),
      ...this.#lines.flatMap((line, index) => drawn(line, index, ([at, value]) => [x.at(at / perUnit), y.at(value)])),
    );
  }
}

function drawn({ points, mark, isDashed }, index, place) {
  const placed = points.map(place);
  const path = placed.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  return [
    svg("path", { d: path, class: `line line-${index + 1}${isDashed ? " is-dashed" : ""}` }),
    ...(mark ? placed.map(([x, y]) => marked(mark, x, y, index)) : []),
  ];
}

function marked(mark, x, y, index) {
  const look = { class: `mark mark-${index + 1}` };
  if (mark === "circle") return svg("circle", { ...look, cx: x, cy: y, r: MARK });
  return svg("rect", { ...look, x: x - MARK, y: y - MARK, width: 2 * MARK, height: 2 * MARK });
}

function keyOf(line, index) {
  const key = svg("svg", { width: 34, height: 10 });
  key.append(...drawn({ ...line, points: [[1, 5], [33, 5]], mark: null }, index, (point) => point),
    ...(line.mark ? [marked(line.mark, 17, 5, index)] : []));
  return key;
}

// Ticks at 1, 2 or 5 times a power of ten, and where a value lies between two edges.
function axis([lowest, highest], wanted, from, to) {
  const room = Math.max(highest - lowest, Math.abs(highest) * 0.02, 1e-3);
  const power = 10 ** Math.floor(Math.log10(room / wanted));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => room / one <= wanted);
  const first = Math.floor(lowest / step + 1e-9);
  const last = Math.max(Math.ceil(highest / step - 1e-9), first + 1);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step),
    at: (value) => from + ((value - first * step) / ((last - first) * step)) * (to - from),
    write: (value) => value.toFixed(digits),
  };
}

function text(x, y, words, anchor) {
  const made = svg("text", { x, y, "text-anchor": anchor });
  made.append(words);
  return made;
}

function svg(name, properties) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value);
  return made;
}
