// The notice that the instrument has gone; the page goes on as soon as it is back.

export function showConnection(place, connection) {
  connection.onChange((status) => {
    place.hidden = status !== "lost";
    document.body.classList.toggle("is-lost", status === "lost");
    place.textContent = status === "lost"
      ? "The instrument does not answer. This page goes on as soon as it is back; if it was started anew for other "
        + "machines, open its new link."
      : "";
  });
}
