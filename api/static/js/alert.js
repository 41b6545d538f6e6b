// The page of one alert: its chart, drawn anew when a form has brought the page up to date.

import { drawCharts } from "./chart.js";

document.body.addEventListener("htmx:after:swap", () => {
  drawCharts(document);
  document.querySelector("#main [role=status], #main [role=alert]")?.scrollIntoView({ block: "nearest" });
});
await drawCharts(document);
document.body.dataset.ready = "true";
