// A sensor's readings over its levels. Readings are joined by straight lines, never smoothed; a gap stays a gap.
// Over long spans each step is drawn from its least to its greatest value, so that no peak is averaged away.

import { amount, day, hour, moment, parts, say } from "./words.js";

const SUSPECT = 2;
const LATE = 4;
const BAD = 1;
// Three readings missing in a row are a gap, not jitter.
const GAP_FACTOR = 3.5;
const DAY_PX = 96; // what a date takes under the axis
const DAYS = [1, 2, 3, 5, 7, 10, 14].map((days) => days * 86400);
const FALLBACK_STEP = "5m"; // where a sensor speaks so often that its readings are too many for one answer

export async function drawCharts(root) {
  if (!window.uPlot) return;
  for (const figure of root.querySelectorAll("[data-chart]")) await draw(figure, JSON.parse(figure.dataset.chart));
}

async function draw(figure, chart) {
  const readings = await load(chart);
  if (!readings) {
    figure.textContent = say("failed");
    return;
  }
  const readout = document.createElement("figcaption");
  const plot = document.createElement("div");
  figure.replaceChildren(plot, readout);
  const options = () => optionsOf(chart, readings, plot, readout);
  let shown = new uPlot(options(), readings.columns, plot);
  new ResizeObserver(() => shown.setSize(sizeOf(plot))).observe(plot);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    shown.destroy();
    shown = new uPlot(options(), readings.columns, plot);
  });
  legend(readout, chart, readings);
}

async function load(chart) {
  if (!chart.every) {
    const answer = await ask(chart, {});
    if (answer) return asReadings(answer);
  }
  const every = chart.every ?? FALLBACK_STEP;
  const [low, high] = await Promise.all(["min", "max"].map((agg) => ask(chart, { every, agg })));
  return low && high && asSteps(low, high, every);
}

async function ask(chart, more) {
  const answer = await fetch(`${chart.href}?${new URLSearchParams({ from: chart.start, to: chart.end, ...more })}`);
  return answer.ok ? answer.json() : null;
}

function asReadings({ time, value, quality }) {
  const seconds = time.map((text) => Date.parse(text) / 1000);
  const usual = median(seconds.slice(1).map((t, i) => t - seconds[i]).filter((step) => step > 0));
  const columns = [[], []];
  const marks = [];
  let before = null;
  seconds.forEach((t, i) => {
    if (quality[i] & (BAD | SUSPECT | LATE)) marks.push({ time: t, value: value[i], quality: quality[i] });
    if (quality[i] & BAD) return;
    if (before !== null && t - before > GAP_FACTOR * usual) push(columns, before + usual, null);
    push(columns, t, value[i]);
    before = t;
  });
  return { columns, marks, every: null };
}

function asSteps(low, high, every) {
  const least = new Map(low.time.map((text, i) => [text, low.value[i]]));
  const columns = [[], [], []];
  const length = { s: 1, m: 60, h: 3600, d: 86400 }[every.at(-1)] * parseInt(every, 10);
  high.time.forEach((text, i) => {
    const t = Date.parse(text) / 1000;
    const before = columns[0].at(-1);
    if (before !== undefined && t > before + length) push(columns, before + length, null, null);
    push(columns, t, high.value[i], least.get(text) ?? high.value[i]);
  });
  if (columns[0].length) push(columns, columns[0].at(-1) + length, columns[1].at(-1), columns[2].at(-1));
  return { columns, marks: [], every };
}

function push(columns, ...row) {
  row.forEach((value, i) => columns[i].push(value));
}

function median(numbers) {
  return numbers.length ? numbers.sort((a, b) => a - b)[numbers.length >> 1] : Infinity;
}

function sizeOf(plot) {
  const width = Math.max(280, plot.clientWidth);
  return { width, height: Math.round(Math.min(420, Math.max(280, width * 0.5))) };
}

function optionsOf(chart, readings, plot, readout) {
  const color = (name) => getComputedStyle(plot).getPropertyValue(`--${name}`).trim();
  const long = Date.parse(chart.end) - Date.parse(chart.start) > 3 * 86_400_000;
  const font = `13px ${getComputedStyle(plot).fontFamily}`;
  const axis = { stroke: color("text"), grid: { stroke: color("grid"), width: 1 }, ticks: { stroke: color("grid") }, font };
  const line = { stroke: color("line"), width: 2, spanGaps: false, points: { show: sparse(readings), size: 5, fill: color("line") } };
  const stepped = { ...line, width: 1.5, points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }) };
  return {
    ...sizeOf(plot),
    padding: [12, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: !readings.every } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Asia/Tokyo"),
    scales: { x: { range: [Date.parse(chart.start) / 1000, Date.parse(chart.end) / 1000] }, y: { range: rangeOf(chart, readings) } },
    axes: [
      { ...axis, space: long ? DAY_PX : 64, incrs: long ? DAYS : undefined, values: (_, splits, __, space) => splits.map((s, i) => tick(s, i, splits, space)), size: 52 },
      { ...axis, size: 62, label: chart.unit, labelFont: font, labelSize: 20, values: (_, splits) => splits.map((y) => trim(y)) },
    ],
    series: readings.every ? [{}, stepped, stepped] : [{}, line],
    bands: readings.every ? [{ series: [1, 2], fill: color("line-soft") }] : [],
    hooks: {
      drawClear: [(u) => drawBands(u, chart, color)],
      draw: [(u) => drawLevels(u, chart, color, font), (u) => drawMarks(u, readings.marks, color)],
      setCursor: [(u) => read(u, chart, readings, readout)],
    },
  };
}

// A line of a few readings alone would hide where they are.
const sparse = ({ columns }) => columns[0].length < 60;

// All levels and all readings, with air: how far there is to go is what a chart of levels is for.
function rangeOf(chart, { columns, marks }) {
  const values = [...columns.slice(1).flat(), ...marks.map((mark) => mark.value)].filter((v) => v !== null);
  const all = [...values, ...chart.levels.map((level) => level.value)];
  if (!all.length) return [0, 1];
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const air = (high - low || Math.abs(high) || 1) * 0.12;
  return [low >= 0 && chart.low >= 0 ? Math.max(0, low - air) : low - air, high + air];
}

// The day stands under every midnight, and under the first hour where there is room before the next midnight.
function tick(seconds, i, splits, space) {
  const time = hour(seconds * 1000);
  if (splits[1] - splits[0] >= 86400) return day(seconds * 1000);
  const next = splits.findIndex(midnight);
  const first = i === 0 && (next < 0 || next * space >= DAY_PX);
  return first || midnight(seconds) ? `${time}\n${day(seconds * 1000)}` : time;
}

function midnight(seconds) {
  const { hour: h, minute } = parts(seconds * 1000);
  return h === 0 && minute === "00";
}

const trim = (number) => String(Math.round(number * 1000) / 1000);

function inPlot(u, paint) {
  const { left, top, width, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  paint(u.ctx, left, top, width, height);
  u.ctx.restore();
}

function drawBands(u, chart, color) {
  inPlot(u, (ctx, left, top, width, height) => {
    for (const band of chart.bands) {
      const from = u.valToPos(Date.parse(band.start) / 1000, "x", true);
      const to = band.end ? u.valToPos(Date.parse(band.end) / 1000, "x", true) : left + width;
      ctx.fillStyle = color(`band-${band.shape}`) || color("band");
      ctx.globalAlpha = 0.16;
      ctx.fillRect(from, top, Math.max(to - from, 2), height);
      ctx.globalAlpha = 1;
      ctx.fillRect(from, top, Math.max(to - from, 2), 4 * devicePixelRatio);
    }
  });
}

function drawLevels(u, chart, color, font) {
  inPlot(u, (ctx, left, _, width) => {
    const ratio = devicePixelRatio;
    let above = Infinity;
    for (const level of [...chart.levels].reverse()) {
      const y = u.valToPos(level.value, "y", true);
      stroke(ctx, left, width, y, color("casing"), 4 * ratio);
      stroke(ctx, left, width, y, color(`band-${level.shape}`) || color("text"), 2 * ratio);
      ctx.font = scaled(font, ratio);
      ctx.textAlign = "left";
      ctx.textBaseline = "alphabetic";
      ctx.lineJoin = "round";
      const words = `${level.name} ${amount(level.value, chart.decimals, chart.unit)}`;
      const baseline = Math.abs(y - above) < 18 * ratio ? null : y - 5 * ratio; // levels too near to name both: the worse is named
      if (baseline === null) continue;
      above = y;
      ctx.lineWidth = 4 * ratio;
      ctx.strokeStyle = color("plate");
      ctx.strokeText(words, left + 8 * ratio, baseline);
      ctx.fillStyle = color("text");
      ctx.fillText(words, left + 8 * ratio, baseline);
    }
  });
}

const scaled = (font, ratio) => font.replace(/^([\d.]+)px/, (_, size) => `${size * ratio}px`);

function stroke(ctx, left, width, y, style, thickness) {
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.strokeStyle = style;
  ctx.lineWidth = thickness;
  ctx.stroke();
}

// Suspect: a diamond. Late: a ring. Out of range: a cross, off the line.
function drawMarks(u, marks, color) {
  inPlot(u, (ctx) => {
    const r = 5 * devicePixelRatio;
    ctx.lineWidth = 2 * devicePixelRatio;
    for (const mark of marks) {
      const x = u.valToPos(mark.time, "x", true);
      const y = u.valToPos(mark.value, "y", true);
      ctx.strokeStyle = color(mark.quality & LATE && !(mark.quality & (BAD | SUSPECT)) ? "line" : "doubt");
      ctx.fillStyle = color("plate");
      ctx.beginPath();
      if (mark.quality & BAD) ctx.moveTo(x - r, y - r), ctx.lineTo(x + r, y + r), ctx.moveTo(x + r, y - r), ctx.lineTo(x - r, y + r);
      else if (mark.quality & SUSPECT) ctx.moveTo(x, y - r), ctx.lineTo(x + r, y), ctx.lineTo(x, y + r), ctx.lineTo(x - r, y), ctx.closePath();
      else ctx.arc(x, y, r * 0.8, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
    }
  });
}

function read(u, chart, readings, readout) {
  const at = u.cursor.idx;
  const value = at === null || at === undefined ? null : u.data[1][at];
  if (value === null || value === undefined) {
    legend(readout, chart, readings);
    return;
  }
  const low = readings.every ? `${amount(u.data[2][at], chart.decimals, "")}〜` : "";
  readout.textContent = `${moment(u.data[0][at] * 1000)}  ${low}${amount(value, chart.decimals, chart.unit)}`;
}

// What the drawing shows, in words; only what is really in it.
function legend(readout, chart, { columns, marks, every }) {
  if (!columns[0].length && !marks.length) {
    readout.textContent = say("empty");
    return;
  }
  const has = (bit) => marks.some(({ quality }) => quality & bit);
  const words = [every ? say("range", { every: say(`step-${every}`) }) : say("reading")];
  if (has(SUSPECT)) words.push(`◇ ${say("suspect")}`);
  if (has(LATE)) words.push(`○ ${say("late")}`);
  if (has(BAD)) words.push(`× ${say("bad")}`);
  readout.textContent = words.join("　");
}
