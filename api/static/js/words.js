// The page's words and times, in the reader's language. The city's clock comes with the stream: it may run faster than
// the wall's (in a demonstration), so "ago" is always reckoned from the city's own now.

const texts = JSON.parse(document.body.dataset.texts);
const tokyo = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Tokyo", year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
let cityNow = Number(document.body.dataset.now);

export function say(key, words = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => words[name]);
}

export function parts(ms) {
  const found = Object.fromEntries(tokyo.formatToParts(new Date(ms)).map(({ type, value }) => [type, value]));
  const weekday = new Date(Date.UTC(found.year, found.month - 1, found.day)).getUTCDay();
  return { month: Number(found.month), day: Number(found.day), hour: Number(found.hour), minute: found.minute, weekday };
}

export const japanese = document.documentElement.lang === "ja";
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export function weekday(number) {
  return japanese ? say("weekdays")[number] : say("weekdays").split(" ")[number];
}

export function day(ms) {
  const t = parts(ms);
  return japanese ? `${t.month}月${t.day}日(${weekday(t.weekday)})` : `${weekday(t.weekday)} ${t.day} ${months[t.month - 1]}`;
}

export function hour(ms) {
  const t = parts(ms);
  return japanese ? `${t.hour}:${t.minute}` : `${String(t.hour).padStart(2, "0")}:${t.minute}`;
}

export function moment(ms) {
  return japanese ? `${day(ms)} ${hour(ms)}` : `${day(ms)}, ${hour(ms)}`;
}

export function ago(ms) {
  const minutes = Math.floor((cityNow - ms) / 60_000);
  if (minutes < 1) return say("now");
  if (minutes < 60) return say("minutes", { n: minutes });
  if (minutes < 1440) return say("hours", { n: Math.floor(minutes / 60) });
  return say("days", { n: Math.floor(minutes / 1440) });
}

export function setNow(ms) {
  cityNow = ms;
  for (const place of document.querySelectorAll("[data-ago]")) {
    const text = ago(Number(place.dataset.ago));
    if (place.textContent !== text) place.textContent = text;
  }
}

export const now = () => cityNow;

export function amount(value, decimals, unit) {
  const number = value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return `${number} ${unit}`.trim();
}
