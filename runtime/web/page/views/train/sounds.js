// Some sounds, each beside what the instrument makes of it by now: seen, heard, and how far it is from it.

import { button, element, say } from "../../elements.js";
import { Player } from "../../player.js";
import { linkTo } from "../../requests.js";

const WAYS = { original: "Original", decoded: "From the instrument" };

export function soundList(notices, run) {
  const player = new Player(notices);
  const place = element("div", { class: "train-sounds" });
  const section = element("section", { "aria-label": "Sounds" }, element("h3", {}, "What it makes of some sounds"),
    element("p", { class: "hint" }, "Distances are those of log-mel spectra; less is closer. What is held out is not learnt "
      + "from: it tells how the instrument does with sounds that it has not heard."), place);
  const rows = new Map();
  let since = 0;
  run.onChange(() => {
    const { sounds, hearings } = run.progress;
    if (run.since !== since) {
      since = run.since;
      player.stop();
      rows.clear();
      place.replaceChildren();
    }
    section.hidden = sounds.length === 0;
    // The files are written anew at each hearing, and asked for anew then.
    const at = `${since}-${hearings.at(-1)?.number}`;
    for (const sound of sounds) {
      if (!rows.has(sound.number)) {
        rows.set(sound.number, new SoundRow(run.name, sound.number, player));
        place.append(rows.get(sound.number).element);
      }
      rows.get(sound.number).show(sound, at);
    }
  });
  return section;
}

class SoundRow {
  #name = element("strong", { class: "train-path" });
  #facts = element("span", { class: "quiet" });
  #distance = element("span", { class: "train-distance" });
  #heldOut = element("span", { class: "light" }, "held out");
  #ways;

  constructor(run, number, player) {
    this.#ways = Object.entries(WAYS).map(([way, text]) => new Way(run, number, way, text, player, () => this.#playedSeconds));
    this.element = element("article", { class: "train-sound" },
      element("div", { class: "train-sound-words" }, this.#name, this.#facts, this.#heldOut, this.#distance),
      ...this.#ways.map((way) => way.element));
  }

  show(sound, at) {
    say(this.#name, sound.name);
    say(this.#facts, [sound.class, `${sound.seconds.toFixed(2)} s`].filter(Boolean).join(", "));
    say(this.#distance, sound.distance_db === null ? "" : `${sound.distance_db.toFixed(1)} dB`);
    this.#heldOut.hidden = !sound.is_held_out;
    this.element.setAttribute("aria-label", sound.name);
    for (const way of this.#ways) way.show(sound.name, at);
  }

  // Where it is in this sound, if one of its two ways plays: the other goes on there.
  get #playedSeconds() {
    return this.#ways.map((way) => way.playedSeconds).find((seconds) => seconds !== null) ?? 0;
  }
}

// The original, or what the instrument makes of it: a picture and a button.
class Way {
  #path;
  #text;
  #player;
  #at = "";
  #playing = null; // the link that plays: a hearing may bring another one meanwhile
  #image = element("img", {});
  #button;

  constructor(run, number, way, text, player, fromSeconds) {
    this.#path = `/api/runs/${encodeURIComponent(run)}/sounds/sound_${number}.${way}`;
    this.#text = text;
    this.#player = player;
    this.#button = button(text, () => this.#toggle(fromSeconds()), { "aria-pressed": false });
    this.element = element("div", { class: "train-way" }, this.#image, this.#button);
  }

  get playedSeconds() {
    return this.#playing && this.#player.isPlaying(this.#playing) ? this.#player.seconds : null;
  }

  show(name, at) {
    if (at === this.#at) return;
    this.#at = at;
    // The picture before stays until the new one is there.
    this.#image.src = this.#link("png");
    this.#image.alt = `Spectrogram of ${name}, ${this.#text.toLowerCase()}`;
    this.#button.setAttribute("aria-label", `Play ${name}, ${this.#text.toLowerCase()}`);
  }

  #link(ending) {
    return `${linkTo(`${this.#path}.${ending}`)}&at=${this.#at}`;
  }

  #toggle(fromSeconds) {
    if (this.playedSeconds !== null) {
      this.#player.stop();
      return;
    }
    const link = this.#link("wav");
    this.#playing = link;
    this.#player.play(link, (isPlaying) => {
      if (!isPlaying) this.#playing = null;
      this.#button.setAttribute("aria-pressed", isPlaying);
    }, fromSeconds);
  }
}
