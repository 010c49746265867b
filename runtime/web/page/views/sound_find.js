// A sound in words: `short bright snare`, or from where it is `a bit darker`. docs/sounds.md says which words there are.

import { element } from "../elements.js";

const LONGEST_PHRASE = 200;

export function find({ state, connection, notices }) {
  const words = element("input", { id: "find-words", maxlength: LONGEST_PHRASE, placeholder: "short bright snare" });
  const form = element(
    "form", { class: "row" }, element("label", { for: "find-words" }, "In words"), words, element("button", {}, "Find"),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    if (words.value.trim()) connection.send("/lb/find", words.value.trim());
  };
  state.on("/lb/found", ([understood, unknown]) => {
    notices.say(unknown ? `${understood}. Not understood: ${unknown}.` : `${understood}.`);
  });
  return form;
}
