// Whether keys that are pressed now are meant as letters, and whether the focus was put where it is by hand.

const NO_LETTERS = ["range", "checkbox", "radio", "button", "submit", "reset", "color", "file", "image"];
const MOVES_FOCUS = ["Tab", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];

let isByPointer = true;
window.addEventListener("pointerdown", () => { isByPointer = true; }, true);
window.addEventListener("keydown", (event) => {
  if (MOVES_FOCUS.includes(event.key)) isByPointer = false;
}, true);

export function wasByPointer() {
  return isByPointer;
}

// Whoever plays has done with typing.
export function endTyping() {
  if (isTyping(document.activeElement)) document.activeElement.blur();
}

export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.tagName === "INPUT") return !NO_LETTERS.includes(target.type);
  return ["TEXTAREA", "SELECT"].includes(target.tagName) || target.isContentEditable;
}

// Whether the space bar belongs to what has the focus: a button that was reached by the keyboard.
export function isOperated(target) {
  return target !== document.body && target instanceof HTMLElement && target.tabIndex >= 0 && !isByPointer;
}
