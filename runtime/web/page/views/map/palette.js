// Class colours, with a shape of their own wherever a colour comes again: no class is told by its colour alone.
//
// The colours are variables of style/map.css, for light and dark; they follow Okabe and Ito's eight, which people with
// any of the common colour deficiencies tell apart ("Color Universal Design", 2008).

const COLOURS = 8;
const SHAPES = ["circle", "triangle", "square", "diamond", "cross"];

// A label of -1 stands for no class.
export function lookOf(label) {
  if (label < 0) return { colour: "--class-none", shape: "circle" };
  const colour = label % COLOURS;
  const round = Math.floor(label / COLOURS);
  return {
    colour: `--class-${colour + 1}`,
    // Neighbours differ in shape too, colours that are alike as well, and one that comes again comes in another shape.
    shape: SHAPES[(colour + Math.floor(colour / SHAPES.length) + round) % SHAPES.length],
  };
}

export function colourOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// The outline of a shape around (x, y), into the path of a canvas; all shapes have about the same area.
export function trace(context, shape, x, y, radius) {
  context.beginPath();
  if (shape === "circle") context.arc(x, y, radius, 0, 2 * Math.PI);
  else if (shape === "square") context.rect(x - 0.88 * radius, y - 0.88 * radius, 1.76 * radius, 1.76 * radius);
  else for (const [across, along] of CORNERS[shape]) context.lineTo(x + across * radius, y + along * radius);
  context.closePath();
}

const CORNERS = {
  triangle: [[0, -1.35], [1.2, 0.8], [-1.2, 0.8]],
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  cross: [
    [-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4],
    [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4],
  ],
};
