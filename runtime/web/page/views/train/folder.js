// The folder of sounds: typed or looked for, looked into, and what was found in it.

import { element, say } from "../../elements.js";
import { getJson } from "../../requests.js";
import { FolderBrowser } from "./browser.js";
import { found } from "./found.js";

const LONGEST_PATH = 1000;

// { element, path, look (what was found, or null), onLook(listener) }
export function folder({ state, connection, notices }, training) {
  const listeners = [];
  const path = element("input", {
    id: "train-folder", type: "text", maxlength: LONGEST_PATH, spellcheck: "false", autocomplete: "off",
    "aria-describedby": "train-folder-hint train-folder-wrong",
  });
  const wrong = element("p", { id: "train-folder-wrong", class: "train-wrong" });
  const progress = element("progress", { max: 1, value: 0, "aria-label": "Looking" });
  const said = element("p", { role: "status", class: "quiet train-said" });
  const result = element("div", { class: "train-found" });
  const look = element("button", { type: "submit", class: "primary" }, "Look at it");
  const browser = new FolderBrowser(path, (chosen) => {
    path.value = chosen;
    tell();
    look.focus();
  });
  const tell = () => { for (const listener of listeners) listener(); };
  let asked = "";
  let looked = null;
  const source = {
    // What was found in the folder whose path stands in the field; null if nobody has looked there.
    get look() {
      return looked?.folder === source.path ? looked : null;
    },
    get path() {
      return path.value.trim();
    },
    onLook(listener) {
      listeners.push(listener);
      listener();
    },
  };

  const looking = (share, text = "") => {
    progress.hidden = share === null;
    progress.value = share ?? 0;
    say(said, text);
  };
  const show = async () => {
    try {
      const document = await getJson("/api/training/look");
      if (!document.folder) return;
      looked = document;
      // As the machine writes it, so that what was found can be told to be of this folder.
      if (!source.path || source.path === asked) path.value = document.folder;
      result.replaceChildren(element("h3", {}, document.folder), found(document));
      tell();
    } catch (error) {
      notices.say(error.message, "error");
    }
  };

  state.on("/lb/train/looking", ([where, share]) => looking(share, `Looking at ${where} …`));
  state.on("/lb/train/looked", async ([where]) => {
    await show();
    looking(null, `Looked at ${where}.`);
  });
  show();
  looking(null);

  const fields = element("fieldset", {}, element("div", { class: "row" },
    element("label", { for: "train-folder" }, "Folder of sounds"), path, browser.button, look));
  const form = element("form", {}, fields);
  form.onsubmit = async (event) => {
    event.preventDefault();
    browser.close();
    asked = source.path;
    if (!asked) path.focus();
    looking(asked ? 0 : null, asked ? "Looking …" : "");
    say(wrong, "");
    const why = asked ? await training.ask("/lb/train/looked", "/lb/train/look", asked)
      : "Type the path of a folder, or browse for one.";
    say(wrong, why);
    if (why) looking(null);
  };
  path.addEventListener("input", tell);
  training.onChange(() => { fields.disabled = Boolean(training.needs); });
  source.element = element("section", { class: "card", "aria-labelledby": "train-folder-title" },
    element("h2", { id: "train-folder-title" }, "Sounds"), form,
    element("p", { class: "hint", id: "train-folder-hint" },
      "A path on the machine that plays, which is not always the one you sit at. WAV, AIFF, FLAC, OGG and MP3, in "
      + "folders inside folders; the names of folders become classes."),
    wrong, browser.element, progress, said, result);
  return source;
}
