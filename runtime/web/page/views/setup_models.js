// Models that can be played, the one that plays, and a place for the path of another.

import { button, element } from "../elements.js";

const LONGEST_PATH = 1024;

export function models(panel, { state, connection, notices }) {
  const list = element("div", { class: "choices", role: "group", "aria-label": "Models" });
  const path = element("input", { id: "model-path", type: "text", size: 30, maxlength: LONGEST_PATH, spellcheck: "false" });
  const form = element(
    "form", { class: "row" },
    element("label", { for: "model-path" }, "Another file"), path, element("button", {}, "Play it"),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    if (path.value.trim()) play(path.value.trim());
  };
  let wished = "";

  function play(model) {
    wished = nameOf(model);
    notices.say(`Loading ${wished} …`);
    connection.send("/lb/model", model);
  }

  function show() {
    const [playing] = state.get("/lb/info") ?? [""];
    list.replaceChildren(...modelsIn(state).map((model) => {
      const isPlayed = nameOf(model) === playing;
      return button(nameOf(model), () => play(model), { "aria-pressed": isPlayed, title: model });
    }));
  }

  state.on("/lb/modelinfo", show);
  state.on("/lb/info", ([playing]) => {
    if (playing === wished) notices.say(`${playing} plays now; notes that sound ring out.`);
    wished = "";
    connection.send("/lb/models");
    show();
  });
  panel.addEventListener("shown", () => connection.send("/lb/models"));
  return element("section", { class: "card" }, element("h2", {}, "Model"), list, form);
}

// Names of shipped models and paths of others, as /lb/model takes them.
export function modelsIn(state) {
  return [...state.all("/lb/modelinfo").values()].map(([model]) => model);
}

export function nameOf(model) {
  return model.split(/[\\/]/).pop().replace(/\.onnx$/, "");
}
