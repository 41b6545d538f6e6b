// The list of alerts: all boxes at once, and how many are ticked. Without scripts they are ticked one by one.

const all = document.querySelector("[data-pick-all]");
const boxes = [...document.querySelectorAll(".pick input")];

function count() {
  const picked = boxes.filter((box) => box.checked).length;
  document.querySelector("[data-picked]").textContent = `${picked} / ${boxes.length}`;
  all.checked = picked === boxes.length;
  all.indeterminate = picked > 0 && picked < boxes.length;
}

if (all) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  document.addEventListener("change", (event) => event.target.closest(".pick") && count());
  count();
}
document.body.dataset.ready = "true";
