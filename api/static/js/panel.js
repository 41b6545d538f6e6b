// A sensor over the live page, in a dialog: the same document that its own page is made of.

import { drawCharts } from "./chart.js";

export function panel() {
  const dialog = document.getElementById("panel");

  async function open(href) {
    const url = new URL(href, location.href);
    url.searchParams.set("part", "panel");
    const answer = await fetch(url);
    if (!answer.ok) {
      location.assign(href); // the page itself says what is wrong
      return;
    }
    dialog.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    document.getElementById("panel-title").focus();
    await drawCharts(dialog);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      open(link.dataset.path ?? link.href);
    } else if (event.target === dialog || event.target.closest("[data-close]")) {
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());
  return open;
}
