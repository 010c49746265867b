// Plays files, one at a time: whatever begins ends what plays. By the browser itself, not by the instrument.

export class Player {
  #audio = new Audio();
  #playing = null; // { link, onChange }

  constructor(notices) {
    this.#audio.addEventListener("ended", () => this.stop());
    this.#audio.addEventListener("error", () => {
      if (!this.#playing) return;
      notices.say("This browser cannot play the sound.", "error");
      this.stop();
    });
  }

  isPlaying(link) {
    return this.#playing?.link === link;
  }

  // Where it is in the sound that plays, 0…1, and in seconds.
  get played() {
    return this.#audio.duration ? this.#audio.currentTime / this.#audio.duration : 0;
  }

  get seconds() {
    return this.#playing ? this.#audio.currentTime : 0;
  }

  // `onChange` is called with true now and with false at the end.
  play(link, onChange, fromSeconds = 0) {
    this.stop();
    this.#playing = { link, onChange };
    this.#audio.src = link;
    this.#audio.currentTime = fromSeconds;
    // What stands in its way is told by the error event; being stopped at once is none.
    this.#audio.play().catch(() => {});
    onChange(true);
  }

  stop() {
    const before = this.#playing;
    this.#playing = null;
    this.#audio.pause();
    before?.onChange(false);
  }
}
