// A sound of yours: where it is in the instrument, and what the instrument makes of it, to be compared by ear and eye.

import { button, element } from "../elements.js";
import { Player } from "../player.js";
import { linkTo } from "../requests.js";
import { drawWaveform, levelsOf } from "../waveform.js";

export const label = "Match";

const SOUNDS = { original: "Original", reconstruction: "From the instrument" };

export function build(panel, { matching, notices }) {
  const choose = element("input", { type: "file", id: "match-file", accept: "audio/*,.wav,.aif,.aiff,.flac,.ogg,.mp3" });
  const longer = element("input", { type: "checkbox", id: "match-longer" });
  choose.onchange = () => {
    if (choose.files.length) matching.take(choose.files[0]);
    choose.value = "";
  };
  longer.onchange = () => { matching.refines = longer.checked; };
  panel.append(
    element("h2", {}, "Match a sound"),
    element("p", { class: "hint" }, "Drop a sound anywhere on this page, or choose a file: the knobs jump to where the "
      + "instrument sounds most like it. It goes to the machine that plays, and no further."),
    element("div", { class: "row" }, element("label", { for: "match-file" }, "Your sound"), choose, longer,
      element("label", { for: "match-longer" }, "Search longer for a closer place")),
    result(matching, notices),
  );
}

function result(matching, notices) {
  const title = element("h2", {});
  const said = element("p", { role: "status" });
  const player = new Player(notices);
  const sounds = [];
  // Both on one scale of time.
  const longest = () => Math.max(...sounds.map((sound) => sound.seconds));
  for (const [which, text] of Object.entries(SOUNDS)) sounds.push(comparedSound(which, text, player, longest));
  const closer = button("Search for a closer place", () => matching.refine());
  const place = element("section", { class: "card", "aria-label": "Comparison" }, title, said,
    element("p", { class: "hint" }, "Both are equally loud. Changing from one to the other while it plays goes on at the "
      + "same moment."),
    ...sounds.map((sound) => sound.element), closer);
  place.hidden = true;
  matching.onChange((match) => {
    place.hidden = false;
    title.textContent = match.name;
    said.textContent = match.text;
    closer.disabled = match.status !== "found";
    if (match.status !== "found") player.stop();
    const id = match.status === "found" ? match.id : null;
    Promise.all(sounds.map((sound) => sound.load(id))).then(() => sounds.forEach((sound) => sound.draw()));
  });
  return place;
}

function comparedSound(which, text, player, longest) {
  const canvas = element("canvas", { class: "waveform", role: "img", "aria-label": `Waveform: ${text}` });
  let link = "";
  let sound = null;
  const draw = () => {
    if (sound) drawWaveform(canvas, sound, player.isPlaying(link) ? player.played : 0, longest());
    if (player.isPlaying(link)) requestAnimationFrame(draw);
  };
  const play = button(text, () => {
    if (player.isPlaying(link)) player.stop();
    else player.play(link, (isPlaying) => { play.setAttribute("aria-pressed", isPlaying); draw(); }, player.seconds);
  }, { "aria-pressed": false });
  new ResizeObserver(draw).observe(canvas);
  return {
    element: element("div", { class: "compared" }, play, canvas),
    draw,
    get seconds() {
      return sound?.seconds ?? 0;
    },
    // What is there under an id, or with null nothing.
    async load(id) {
      play.disabled = id === null;
      sound = null;
      canvas.width = canvas.width; // wiped
      // New each time: the same sound may have been searched for once more.
      const asked = link = id === null ? "" : `${linkTo(`/api/uploads/${id}/${which}`)}&at=${Date.now()}`;
      if (id === null) return;
      try {
        const found = await levelsOf(asked);
        if (asked === link) sound = found;
      } catch {
        play.disabled = true;
      }
    },
  };
}
