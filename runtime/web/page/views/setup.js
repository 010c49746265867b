// What plays and how it is doing: models, figures, sound output.

import { figures } from "./setup_figures.js";
import { models } from "./setup_models.js";

export const label = "Setup";

export function build(panel, page) {
  panel.classList.add("columns");
  panel.append(models(panel, page), figures(page));
}
