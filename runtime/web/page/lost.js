// The notice that the instrument, or its sound, has gone; the page goes on as soon as it is back.

import { currentToken } from "./token.js";

const NO_TOKEN = "This address lacks its token: open the link that the instrument shows where it was started.";
const GONE = "The instrument does not answer. This page goes on as soon as it is back; if it was started anew for other "
  + "machines, open its new link.";

export function showLost(place, connection, state) {
  let status = "connecting";
  let whySilent = "";

  function show() {
    const gone = currentToken() ? GONE : NO_TOKEN;
    const text = status === "lost" ? gone : whySilent;
    place.textContent = text;
    place.hidden = !text;
    document.body.classList.toggle("is-lost", status === "lost");
  }

  connection.onChange((now) => {
    status = now;
    show();
  });
  state.on("/lb/info", () => {
    // Said anew after this, if it is still so.
    whySilent = "";
    show();
  });
  state.on("/lb/sound", ([sounds, text]) => {
    whySilent = sounds ? "" : text;
    show();
  });
}
