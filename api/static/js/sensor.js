// A sensor's own page: its chart.

import { drawCharts } from "./chart.js";

// The same links serve the panel, where they stay inside it.
for (const link of document.querySelectorAll("a[data-path]")) link.href = link.dataset.path;
await drawCharts(document);
document.body.dataset.ready = "true";
