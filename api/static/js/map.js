// The map: outline and rivers of the catalog, a mark at every site. Calm sites cluster; what alarms or is silent stands alone.

import { say } from "./words.js";

const NEAR_PX = [50, 28]; // two marks nearer than a cluster is large would cover one another
const ALARM_PX = [42, 30]; // half an alarm and half a cluster
const APART_PX = 34; // two alarms nearer than this would cover one another
const STEP_PX = 36; // how far an alarm makes way for a worse one
const STAYS = { x: 0, y: 0 };
// Leaflet adds a mark's height on the screen to these, which is less than one step.
const CALM_ABOVE = 0;
const ALARMS_ABOVE = 5_000;
const RANK_ABOVE = 5_000;
const TILES = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png";
const SVG = "http://www.w3.org/2000/svg";

export async function drawMap(open) {
  const place = document.getElementById("map");
  if (!window.L) return { refresh() {} };
  const city = await (await fetch("/map")).json();
  place.replaceChildren();
  const map = L.map(place, { zoomControl: false, attributionControl: true, scrollWheelZoom: false, zoomSnap: 0.25, minZoom: 9, maxZoom: 18 });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: say("zoom-in"), zoomOutTitle: say("zoom-out") }).addTo(map);
  map.createPane("names").style.zIndex = 450; // over the rivers, under the marks
  const outline = L.polygon(city.outline, { className: "outline", interactive: false }).addTo(map);
  for (const river of city.rivers) {
    const line = L.polyline(river.line, { className: "river", interactive: false }).addTo(map);
    line.bindTooltip(text(river.title), { permanent: true, direction: "center", offset: [0, -9], className: "river-name", pane: "names" });
  }
  const home = () => map.fitBounds(city.outline.length ? outline.getBounds() : L.latLngBounds(city.sites.map((site) => site.point)), { padding: [12, 12], animate: false });
  home();
  addTileSwitch(map);
  const marks = L.layerGroup().addTo(map);
  const redraw = () => drawMarks(map, marks, city.sites, open);
  redraw();
  map.on("zoomend", redraw);
  // Until somebody moves the map, all of the city stays in sight, however the page around it grows.
  let moved = false;
  place.addEventListener("pointerdown", () => (moved = true));
  place.addEventListener("keydown", () => (moved = true));
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false, pan: false });
    if (!moved) home();
  }).observe(place);
  return { refresh: redraw };
}

function drawMarks(map, layer, sites, open) {
  const marked = JSON.parse(document.getElementById("marks").dataset.marks);
  const focused = document.activeElement?.dataset?.site;
  const calm = sites.filter((site) => !marked[site.id]);
  const shown = sites.filter((site) => marked[site.id]);
  layer.clearLayers();
  const placed = apart(map, shown, marked);
  placed.forEach(({ site, away }, rank) => {
    if (away.x || away.y) addLeader(map, layer, site, away);
    // Above all that is calm, and the worse above the less bad.
    addSite(layer, site, marked[site.id], open, ALARMS_ABOVE + (placed.length - rank) * RANK_ABOVE, away);
  });
  const spots = placed.map(({ spot }) => spot);
  for (const group of clusters(map, calm, spots)) {
    if (group.length === 1) addSite(layer, group[0], null, open, CALM_ABOVE, STAYS);
    else addCluster(map, layer, group);
  }
  if (focused) document.querySelector(`#map [data-site="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

// The worst stands where its site is; what would cover it makes way, the less bad further, and is tied to its place by
// a line.
function apart(map, sites, marked) {
  const worstFirst = [...sites].sort((a, b) => marked[b.id].rank - marked[a.id].rank);
  const placed = [];
  for (const site of worstFirst) {
    const at = map.project(site.point, map.getZoom());
    const free = ({ x, y }) => placed.every(({ spot }) => Math.hypot(spot.x - at.x - x, spot.y - at.y - y) >= APART_PX);
    const away = ways().find(free) ?? STAYS;
    placed.push({ site, away, spot: { x: at.x + away.x, y: at.y + away.y } });
  }
  return placed;
}

// Where it is, then around it in eight directions, then in a wider ring.
function ways() {
  const ring = (radius) => [0, 4, 2, 6, 1, 3, 5, 7].map((eighth) => ({ x: radius * Math.cos((eighth * Math.PI) / 4), y: radius * Math.sin((eighth * Math.PI) / 4) }));
  return [STAYS, ...ring(STEP_PX), ...ring(2 * STEP_PX)];
}

function addLeader(map, layer, site, away) {
  const zoom = map.getZoom();
  const there = map.unproject(map.project(site.point, zoom).add([away.x, away.y]), zoom);
  L.polyline([site.point, there], { className: "leader", interactive: false }).addTo(layer);
}

// Sites that would cover one another stand together, around the first of them. What would lie under an alarm comes
// forth when the map is enlarged: nobody could see or press it there.
function clusters(map, calm, spots) {
  const found = [];
  for (const site of calm) {
    const { x, y } = map.project(site.point, map.getZoom());
    if (spots.some((spot) => Math.abs(spot.x - x) < ALARM_PX[0] && Math.abs(spot.y - y) < ALARM_PX[1])) continue;
    const near = found.find((group) => Math.abs(group.x - x) < NEAR_PX[0] && Math.abs(group.y - y) < NEAR_PX[1]);
    if (near) near.members.push(site);
    else found.push({ x, y, members: [site] });
  }
  return found.map(({ members }) => members);
}

function addSite(layer, site, mark, open, above, away) {
  const shape = mark?.shape ?? "calm";
  const sensor = site.sensors.find(({ series }) => series === mark?.series) ?? site.sensors[0];
  const size = mark?.alarms ? 36 : 24;
  const name = mark ? `${site.title}, ${mark.name}` : site.title;
  const marker = L.marker(site.point, { icon: icon(drawing(shape), size, `site ${shape}`, away), zIndexOffset: above, keyboard: true, alt: name });
  marker.bindTooltip(text(name), { direction: "top", offset: [away.x, away.y - size / 2] });
  marker.on("click keypress", (event) => isPress(event) && open(sensor.href));
  marker.addTo(layer);
  name_(marker.getElement(), name, site.id);
}

function addCluster(map, layer, group) {
  const points = group.map((site) => site.point);
  // Not a bare number in a ring: that could be taken for an alert level.
  const label = document.createElement("span");
  label.append(drawing("calm"), `×${group.length}`);
  const marker = L.marker(points[0], { icon: icon(label, [46, 24], "cluster"), keyboard: true });
  const closer = () => map.fitBounds(L.latLngBounds(points).pad(0.3), { maxZoom: Math.max(map.getZoom() + 2, 15) });
  marker.on("click keypress", (event) => isPress(event) && closer());
  marker.addTo(layer);
  name_(marker.getElement(), say("cluster", { n: group.length }), group[0].id);
}

const isPress = (event) => event.type === "click" || ["Enter", " "].includes(event.originalEvent.key);

function name_(element, name, site) {
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", name);
  element.dataset.site = site;
}

function icon(content, size, className, away = STAYS) {
  const [width, height] = [size].flat().length === 2 ? size : [size, size];
  return L.divIcon({ html: content, iconSize: [width, height], iconAnchor: [width / 2 - away.x, height / 2 - away.y], className: `mark-icon ${className}` });
}

function drawing(shape) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#shape-${shape}`);
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

// Leaflet takes strings for markup; names are text.
function text(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span;
}

// The tiles come from outside, so they are asked for only when a person says so.
function addTileSwitch(map) {
  const tiles = L.tileLayer(TILES, { className: "tiles", maxZoom: 18, attribution: `<a href="https://maps.gsi.go.jp/development/ichiran.html">${say("tiles-credit")}</a>` });
  const control = L.control({ position: "bottomleft" });
  control.onAdd = () => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.addEventListener("change", () => (box.checked ? tiles.addTo(map) : tiles.remove()));
    label.className = "tile-switch";
    label.append(box, say("tiles"));
    L.DomEvent.disableClickPropagation(label);
    return label;
  };
  control.addTo(map);
}
