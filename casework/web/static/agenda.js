// Move rows of the agenda up and down; the places are renumbered and saved together, in one request.
const list = document.getElementById("order-list");

function renumber() {
  list.querySelectorAll("li:not(.order-section)").forEach((row, index) => {
    row.querySelector(".order-place").value = index + 1;
  });
}

if (list?.querySelector(".order-place:not([disabled])")) {
  for (const moves of list.querySelectorAll(".order-moves")) moves.hidden = false;
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const row = button.closest("li");
    const next = button.dataset.move === "-1" ? "previousElementSibling" : "nextElementSibling";
    let other = row[next];
    while (other?.classList.contains("order-section")) other = other[next];
    if (!other) return;
    if (button.dataset.move === "-1") other.before(row);
    else other.after(row);
    renumber();
    row.querySelector(".order-place").dispatchEvent(new Event("input", { bubbles: true }));
    button.focus();
  });
}
