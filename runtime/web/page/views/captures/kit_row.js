// A kit in the folder of captures: downloaded as one ZIP file, or deleted.

import { dragOut } from "../../drag_out.js";
import { button, element } from "../../elements.js";
import { ask, linkTo } from "../../requests.js";

export function kitRow({ name, files }, change) {
  const path = `/api/kits/${encodeURIComponent(name)}`;
  const archive = `${name}.zip`;
  const download = element("a", {
    class: "button", href: linkTo(path), download: archive, "aria-label": `Download ${archive}`,
  }, "Download");
  dragOut(download, () => ({ name: archive, type: "application/zip", link: linkTo(path) }));
  return element(
    "article", { class: "capture", "aria-label": name },
    element("div", { class: "capture-words" }, element("span", { class: "capture-name" }, name),
      element("span", { class: "quiet" }, `${files} files`)),
    element("div", { class: "row" }, download,
      button("Delete", () => change(() => ask(path, "DELETE"), () => `${name} is in the trash.`), {
        "aria-label": `Delete ${name}`,
      })),
  );
}
