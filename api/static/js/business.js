// A page of the business, kept up to date: asked for anew by and by. It says since when it is stale.

import { moment, say, setNow } from "./words.js";

// Approvals have minutes; a page that dozens keep open costs a request a quarter of a minute each.
const EVERY_MS = 15_000;

const notice = document.getElementById("stale");
let known = Number(document.body.dataset.now);

function ask() {
  // What somebody has unfolded stays so.
  if (document.hidden || document.querySelector("#whole details[open]")) return;
  document.body.dispatchEvent(new CustomEvent("look-again"));
}

function fresh() {
  known = Number(document.getElementById("whole").dataset.now);
  setNow(known);
  notice.hidden = true;
}

function stale() {
  notice.textContent = say("stale", { since: moment(known) });
  notice.hidden = false;
}

// Any other answer than the page itself (a refusal, the way to sign in) leaves what is known where it is.
document.body.addEventListener("htmx:before:response", (event) => {
  const { raw } = event.detail.ctx.response;
  if (raw.ok && !raw.redirected) return;
  event.preventDefault();
  stale();
});
document.body.addEventListener("htmx:after:swap", fresh);
document.body.addEventListener("htmx:error", stale);
setInterval(ask, EVERY_MS);
document.addEventListener("visibilitychange", ask);
document.body.dataset.ready = "true";
