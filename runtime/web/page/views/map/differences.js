// What a child has more or less of than its parent, in the words of the model's axes.

const LEAST = 0.03;
const MOST_WORDS = 2;

// Returns [short, long]: "+ brightness − decay" and "more brightness, less decay"; empty where nothing stands out.
export function differences(model, parent, child) {
  if (!model || parent?.length !== child.length) return ["", ""];
  const way = child.map((number, index) => number - parent[index]);
  const found = model.axes
    .map((axis) => ({ name: axis.name.replaceAll("_", " "), share: shareOf(axis, way) }))
    .filter(({ share }) => Math.abs(share) >= LEAST)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
    .slice(0, MOST_WORDS);
  return [
    found.map(({ name, share }) => `${share > 0 ? "+" : "−"} ${name}`).join("\n"),
    found.map(({ name, share }) => `${share > 0 ? "more" : "less"} ${name}`).join(", "),
  ];
}

// How much of an axis' whole width a way through latent space is, by what the axis is named after.
function shareOf(axis, way) {
  const gradient = axis.gradient ?? axis.direction;
  const dot = (a, b) => a.reduce((sum, number, index) => sum + number * b[index], 0);
  const width = dot(gradient, axis.direction) * (axis.maximum - axis.minimum);
  return width ? dot(gradient, way) / width : 0;
}
