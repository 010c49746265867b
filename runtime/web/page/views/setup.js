// What plays and how it is doing: models, figures, sound output.

import { figures } from "./setup_figures.js";
import { devices } from "./setup_devices.js";
import { models } from "./setup_models.js";

export const label = "Setup";

export function build(panel, page) {
  panel.classList.add("columns");
  panel.append(models(panel, page), devices(panel, page), figures(page));
}
