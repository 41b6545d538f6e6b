// The live page: what the server rendered, kept up to date.

import { drawMap } from "./map.js";
import { panel } from "./panel.js";
import { listen } from "./stream.js";
import { amount, now, say } from "./words.js";

// What "the last hour" holds changes with time alone, too.
const REFRESH_MS = 20_000;

const open = panel();
const map = await drawMap(open);
let refreshed = performance.now();
let known = cards();
const newest = new Map(); // by series, as far as the stream told

function refresh() {
  refreshed = performance.now();
  document.body.dispatchEvent(new CustomEvent("situation-changed"));
}

function cards() {
  return new Map([...document.querySelectorAll(".alarms > .cards > .card")].map((card) => [card.id, card]));
}

// For those who listen rather than look: only what is new, politely.
function announce() {
  const shown = cards();
  const fresh = [...shown.values()].filter((card) => !known.has(card.id));
  if (fresh.length) {
    const what = fresh.slice(0, 3).map((card) => `${card.querySelector(".kind").textContent} ${card.querySelector("h3").textContent.trim()}`).join("; ");
    document.getElementById("announce").textContent = say("began", { what });
  }
  known = shown;
}

// Also after every swap: what was rendered before a reading came may arrive after it. The reverse is mended by the next
// event, a second later.
function showNewest() {
  for (const place of document.querySelectorAll("data[data-series]")) {
    const found = newest.get(place.dataset.series);
    if (found !== undefined) place.textContent = amount(found, Number(place.dataset.decimals), place.dataset.unit);
  }
}

document.body.addEventListener("htmx:after:swap", () => {
  showNewest();
  map.refresh();
  announce();
});

listen({
  alerts: refresh,
  refused: refresh,
  readings({ whole, series, value }) {
    if (whole) refresh();
    series.forEach((key, i) => newest.set(key, value[i]));
    showNewest();
    if (performance.now() - refreshed > REFRESH_MS) refresh();
  },
});

document.body.dataset.ready = String(now() > 0);
