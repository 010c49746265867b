// What was found in a folder: how much of what, what it is taken for, and what is left out and why.

import { element } from "../../elements.js";
import { count, duration } from "./words.js";

const MOST_CLASSES = 60;

export function found(document) {
  const { sounds, seconds, channels, kind, reason, naming, cut, longest_seconds: longest } = document;
  const facts = [
    ["Sounds", `${count(sounds, "sound")}, ${duration(seconds)}, ${channels === 2 ? "stereo" : "mono"}`],
    ["Taken for", `${kind}${reason ? `: ${reason}` : ""}`],
    ["Names", naming],
    ["Cut", cut ? `${count(cut, "sound is", "sounds are")} longer than ${longest} s and ${cut === 1 ? "fades" : "fade"} out there` : ""],
  ].filter(([, text]) => text);
  return element("div", { class: "train-facts" },
    element("dl", { class: "figures" }, ...facts.flatMap(([name, text]) => [element("dt", {}, name), element("dd", {}, text)])),
    classes(document), skipped(document));
}

function classes({ classes: known, without_class: without }) {
  if (!known.length) return element("p", { class: "quiet" }, "No classes: neither folders nor names say any.");
  const named = known.map(({ name, sounds }) => [name, sounds]);
  if (without) named.push(["without a class", without]);
  const more = named.length - MOST_CLASSES;
  return element("ul", { class: "train-classes", "aria-label": "Classes" },
    ...named.slice(0, MOST_CLASSES).map(([name, sounds]) => element(
      "li", {}, name, " ", element("span", { class: "quiet" }, String(sounds)),
    )),
    ...(more > 0 ? [element("li", {}, `${more} more`)] : []));
}

function skipped({ skipped: files, skipped_count: total }) {
  if (!total) return element("p", { class: "quiet" }, "Nothing is skipped.");
  const groups = new Map();
  for (const file of files) {
    const kind = kindOf(file.reason);
    if (!groups.has(kind)) groups.set(kind, []);
    groups.get(kind).push(file);
  }
  const byCount = [...groups].sort(([, one], [, other]) => other.length - one.length);
  return element("section", { "aria-label": "Skipped" },
    element("h3", {}, `${count(total, "file")} skipped`),
    ...byCount.map(([kind, group]) => element("details", { class: "train-skipped" },
      element("summary", {}, `${group.length} × ${kind}`),
      // Long lists scroll, by the keyboard too.
      element("ul", { tabindex: 0, "aria-label": kind }, ...group.map(({ path, reason }) => element("li", {},
        element("span", { class: "train-path" }, path), " ", element("span", { class: "quiet" }, reason)))))),
    ...(total > files.length ? [element("p", { class: "quiet" }, `${total - files.length} more are not named.`)] : []));
}

// What reasons have in common that differ only in their details: "is silent (peak -80 dBFS). Leave it out."
function kindOf(reason) {
  return reason.split(". ")[0].replace(/ \(.*\)/, "").replace(/: .*/, "").replace(/^(holds the same sound as) .*/, "$1 another")
    .replace(/(?<= )-?[0-9][0-9.e+]*(?= )/g, "…").replace(/\.$/, "");
}
