// Folders of the machine that plays, as a list: up, into one, and how many sounds lie in it.

import { button, element } from "../../elements.js";
import { post } from "../../requests.js";
import { rove } from "../../roving.js";
import { count } from "./words.js";

const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

export class FolderBrowser {
  #input;
  #onChoose;
  #where = element("p", { class: "train-where", role: "status" });
  #list = element("ul", { class: "train-folders" });
  #up = button("Up", () => this.#go(this.#parent));
  #take = button("Take this folder", () => this.#choose());
  #path = "";
  #parent = null;

  // `input` holds the path to begin with; `onChoose` is called with the one that was chosen.
  constructor(input, onChoose) {
    this.#input = input;
    this.#onChoose = onChoose;
    this.button = button("Browse", () => (this.element.hidden ? this.#open() : this.close()), {
      "aria-expanded": false, "aria-controls": "train-browser",
    });
    this.element = element("div", { id: "train-browser", class: "train-browser", role: "group", "aria-label": "Folders" },
      this.#where, element("div", { class: "row" }, this.#up, this.#take), this.#list);
    this.element.hidden = true;
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.close();
      this.button.focus();
    });
  }

  close() {
    this.element.hidden = true;
    this.button.setAttribute("aria-expanded", false);
  }

  async #open() {
    this.element.hidden = false;
    this.button.setAttribute("aria-expanded", true);
    // What was typed may be wrong: then the list begins at home.
    await this.#go(this.#input.value.trim(), "");
  }

  #choose() {
    this.close();
    this.#onChoose(this.#path);
  }

  async #go(path, otherwise = null) {
    const from = this.#path;
    try {
      this.#show(await (await post("/api/folders", { path })).json(), from);
    } catch (error) {
      if (otherwise !== null && path !== otherwise) await this.#go(otherwise);
      this.#where.textContent = error.message;
    }
  }

  #show({ path, parent, folders, sounds, left_out: leftOut }, from) {
    this.#path = path;
    this.#parent = parent;
    this.#up.disabled = parent === null;
    this.#where.textContent = `${path}: ${count(sounds, "sound")}, ${count(folders.length + leftOut, "folder")}`;
    const names = folders.map((name) => button(name, () => this.#go(join(path, name))));
    this.#list.replaceChildren(
      ...names.map((one) => element("li", {}, one)),
      ...(leftOut ? [element("li", { class: "quiet" }, `${leftOut} more: type the path.`)] : []),
    );
    if (names.length) rove(names, (index, key) => (key in ARROWS ? index + ARROWS[key] : undefined));
    // Going up one comes out at the folder one was in.
    const before = folders.findIndex((name) => join(path, name) === from);
    (names[Math.max(before, 0)] ?? this.#take).focus();
  }
}

// As the machine that plays writes paths: what separates is already in the one that it answered with.
function join(path, name) {
  const separator = path.includes("\\") && !path.startsWith("/") ? "\\" : "/";
  return path.endsWith(separator) ? path + name : path + separator + name;
}
