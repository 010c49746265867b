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

export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, text);
}

// Text that is written only when it differs: a screen reader would read the same again.
export function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
