// What is new, from the city: one EventSource, and the watch over it. Says since when the page is stale.

import { moment, now, say, setNow } from "./words.js";

// The city speaks every second. Six missed in a row are no hiccup of an office network.
const STALE_AFTER_MS = 6_000;

export function listen(heard) {
  const notice = document.getElementById("stale");
  let lastId = document.body.dataset.eventId;
  let timer;
  let source;

  function stale() {
    show(say("stale", { since: moment(now()) }));
    connect(); // a proxy that swallowed the connection would never tell
  }

  function show(text) {
    notice.textContent = text;
    notice.hidden = !text;
  }

  function alive() {
    clearTimeout(timer);
    timer = setTimeout(stale, STALE_AFTER_MS);
  }

  function connect() {
    source?.close();
    source = new EventSource(`/v1/live?after=${encodeURIComponent(lastId)}`);
    source.addEventListener("readings", (event) => heard.readings(JSON.parse(event.data)));
    source.addEventListener("alerts", (event) => heard.alerts(JSON.parse(event.data).alerts));
    // Told not to come again, as after the session: what is asked for next leads to sign-in.
    source.addEventListener("error", ({ target }) => target.readyState === EventSource.CLOSED && heard.refused());
    source.addEventListener("now", (event) => {
      const { now: time, stale: store } = JSON.parse(event.data);
      lastId = event.lastEventId;
      setNow(Date.parse(time));
      show(store ? say("store-stale", { since: document.querySelector("#newest time")?.textContent ?? "" }) : "");
      alive();
    });
    alive();
  }

  connect();
  // A phone that wakes up shows old figures for no longer than it takes to ask.
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connect());
}
