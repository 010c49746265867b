// A DOM element in one line. Text is always inserted as text.
//
//   element("button", { type: "button", class: "primary", onclick: play, "aria-pressed": false }, "Play")

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key === "for" ? "for" : key, value);
  }
  made.append(...children);
  return made;
}

const ASKS_AGAIN_MS = 3000;

// A button for what there is no undoing of: it acts when it is pressed twice within a few seconds.
export function twiceButton(text, onclick, properties = {}) {
  const label = properties["aria-label"] ?? text;
  let timer = 0;
  const made = button(text, () => {
    if (timer) {
      rest();
      onclick();
      return;
    }
    made.textContent = "Really?";
    made.setAttribute("aria-label", `${label}: press again`);
    timer = setTimeout(rest, ASKS_AGAIN_MS);
  }, properties);
  const rest = () => {
    clearTimeout(timer);
    timer = 0;
    made.textContent = text;
    made.setAttribute("aria-label", label);
  };
  return made;
}

export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, text);
}

// Text that is written only when it differs: a screen reader would read the same again.
export function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
