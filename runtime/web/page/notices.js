// Short sentences that come and go, read aloud by screen readers.

const SHOWN_MS = { info: 5000, error: 10000 };
const MOST_SHOWN = 4;

export class Notices {
  #place;

  constructor(place) {
    this.#place = place;
  }

  // `kind` is "info" or "error". What is said again stays as one line.
  say(text, kind = "info") {
    for (const shown of this.#place.children) if (shown.dataset.text === text) shown.remove();
    const line = document.createElement("p");
    line.className = `notice ${kind}`;
    line.dataset.text = text;
    line.append(text);
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "Dismiss");
    close.onclick = () => line.remove();
    line.append(close);
    this.#place.append(line);
    while (this.#place.children.length > MOST_SHOWN) this.#place.firstChild.remove();
    setTimeout(() => line.remove(), SHOWN_MS[kind]);
  }
}
