// Dragging a file from the page into a folder or another program. Chromium fetches it when it is dropped (DownloadURL);
// other browsers hand on the link, and have the download button.

// `file` is called when dragging begins: { name, type, link }.
export function dragOut(handle, file) {
  handle.draggable = true;
  handle.addEventListener("dragstart", (event) => {
    const { name, type, link } = file();
    const address = new URL(link, location.origin).href;
    event.dataTransfer.effectAllowed = "copy";
    event.dataTransfer.setData("DownloadURL", `${type}:${name}:${address}`);
    event.dataTransfer.setData("text/uri-list", address);
  });
}
