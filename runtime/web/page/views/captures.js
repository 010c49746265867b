// What has been written: one-shots, kits, and what was deleted, which lies in a trash.

import { button, element } from "../elements.js";
import { Player } from "../player.js";
import { ask, getJson } from "../requests.js";
import { CaptureRow } from "./captures/row.js";
import { kitRow } from "./captures/kit_row.js";

export const label = "Captures";

const SHOWN_AT_FIRST = 50;

export function build(panel, page) {
  const { state, notices } = page;
  const player = new Player(notices);
  const rows = new Map(); // by name and time, so that one that stays is not drawn anew
  const parts = Object.fromEntries(["folder", "captures", "kits", "trash"].map((name) => [
    name, element("div", { class: `captures-${name}` }),
  ]));
  let shown = SHOWN_AT_FIRST;

  const refresh = async () => {
    try {
      show(await getJson("/api/captures"));
    } catch (error) {
      notices.say(error.message, "error");
    }
  };
  // Do something with a file, say what came of it, and show how things are then.
  const change = async (does, says) => {
    try {
      const answer = await (await does()).json();
      if (says) notices.say(says(answer));
    } catch (error) {
      notices.say(error.message, "error");
    }
    await refresh();
  };
  const show = ({ folder, captures, kits, trash }) => {
    parts.folder.textContent = `In ${folder}`;
    const keyOf = (one) => `${one.name} ${one.modified_seconds}`;
    const keys = captures.slice(0, shown).map(keyOf);
    for (const key of [...rows.keys()]) if (!keys.includes(key)) rows.delete(key);
    captures.slice(0, shown).forEach((one) => {
      if (!rows.has(keyOf(one))) rows.set(keyOf(one), new CaptureRow(one, player, change));
    });
    parts.captures.replaceChildren(
      ...(captures.length ? [] : [element("p", { class: "hint" }, "Nothing yet. Play a note and press the space bar.")]),
      ...keys.map((key) => rows.get(key).element),
      ...(captures.length > shown ? [button(`Show all ${captures.length}`, () => { shown = Infinity; refresh(); })] : []),
    );
    parts.kits.replaceChildren(
      ...(kits.length ? [element("h2", {}, "Kits")] : []), ...kits.map((kit) => kitRow(kit, change)),
    );
    parts.trash.replaceChildren(...(trash.length ? [trashed(trash, change)] : []));
  };

  panel.append(element("h2", {}, "Captures"), ...Object.values(parts));
  panel.addEventListener("shown", refresh);
  for (const address of ["/lb/captured", "/lb/kit/exported"]) state.on(address, refresh);
}

function trashed(names, change) {
  return element(
    "details", {}, element("summary", {}, `Trash (${names.length})`),
    element("p", { class: "hint" }, "In the folder .trash beside the captures, until you empty it yourself."),
    element("ul", {}, ...names.map((name) => element(
      "li", { class: "row" }, name,
      button("Put back", () => change(
        () => ask(`/api/trash/${encodeURIComponent(name)}`, "POST"), (back) => `${back.name} is back.`,
      ), { "aria-label": `Put back ${name}` }),
    ))),
  );
}
