// One capture: its waveform, to be played, dragged out, downloaded, renamed or deleted.

import { dragOut } from "../../drag_out.js";
import { button, element } from "../../elements.js";
import { ask, linkTo, post } from "../../requests.js";
import { drawWaveform, levelsOf } from "../../waveform.js";

export class CaptureRow {
  #name;
  #player;
  #change;
  #sound = null;
  #canvas = element("canvas", { class: "waveform", "aria-hidden": true });
  #length = element("span", { class: "quiet" });
  #title = element("span", { class: "capture-name" });
  #play;
  #renaming = button("Rename", () => this.#rename());

  constructor({ name, bytes }, player, change) {
    this.#name = name;
    this.#player = player;
    this.#change = change;
    this.#title.textContent = name;
    this.#length.textContent = `${Math.ceil(bytes / 1024)} KB`;
    this.#play = button("Play", () => this.#toggle(), { "aria-label": `Play ${name}` });
    const download = element("a", { class: "button", href: this.#link, download: name, "aria-label": `Download ${name}` },
      "Download");
    this.element = element(
      "article", { class: "capture", "aria-label": name },
      this.#play, this.#canvas, element("div", { class: "capture-words" }, this.#title, this.#length),
      element("div", { class: "row" }, download,
        this.#renaming,
        button("Delete", () => this.#delete(), { "aria-label": `Delete ${name}` })),
    );
    this.#renaming.setAttribute("aria-label", `Rename ${name}`);
    this.#canvas.title = "Drag it into a folder or another program";
    for (const handle of [this.#canvas, download]) {
      dragOut(handle, () => ({ name, type: "audio/wav", link: this.#link }));
    }
    this.#drawWhenSeen();
  }

  get #path() {
    return `/api/captures/${encodeURIComponent(this.#name)}`;
  }

  get #link() {
    return linkTo(this.#path);
  }

  // Files that nobody looks at need not be read.
  #drawWhenSeen() {
    const observer = new IntersectionObserver(async ([seen]) => {
      if (!seen.isIntersecting) return;
      observer.disconnect();
      try {
        this.#sound = await levelsOf(this.#link);
        this.#length.textContent = `${this.#sound.seconds.toFixed(2)} s, ${this.#length.textContent}`;
        drawWaveform(this.#canvas, this.#sound);
        new ResizeObserver(() => drawWaveform(this.#canvas, this.#sound, this.#played)).observe(this.#canvas);
      } catch (error) {
        this.#length.textContent = error.message;
      }
    });
    observer.observe(this.#canvas);
  }

  get #played() {
    return this.#player.isPlaying(this.#link) ? this.#player.played : 0;
  }

  #toggle() {
    if (this.#player.isPlaying(this.#link)) {
      this.#player.stop();
      return;
    }
    this.#player.play(this.#link, (isPlaying) => {
      this.#play.textContent = isPlaying ? "Stop" : "Play";
      this.#play.setAttribute("aria-label", `${isPlaying ? "Stop" : "Play"} ${this.#name}`);
      this.#follow();
    });
  }

  #follow() {
    if (!this.#sound) return;
    drawWaveform(this.#canvas, this.#sound, this.#played);
    if (this.#player.isPlaying(this.#link)) requestAnimationFrame(() => this.#follow());
  }

  #rename() {
    const input = element("input", { type: "text", value: this.#name.replace(/\.wav$/i, ""), maxlength: 64,
      "aria-label": `New name of ${this.#name}` });
    const form = element("form", { class: "row" }, input, element("button", { type: "submit" }, "Save"),
      button("Cancel", () => cancel()));
    const cancel = () => {
      form.replaceWith(this.#title);
      this.#renaming.focus();
    };
    form.addEventListener("keydown", (event) => event.key === "Escape" && cancel());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      form.replaceWith(this.#title);
      this.#change(() => post(this.#path, { name: input.value }), ({ name }) => `Renamed to ${name}.`);
    });
    this.#title.replaceWith(form);
    input.select();
    input.focus();
  }

  #delete() {
    if (this.#player.isPlaying(this.#link)) this.#player.stop();
    this.#change(() => ask(this.#path, "DELETE"), () => `${this.#name} is in the trash.`);
  }
}
