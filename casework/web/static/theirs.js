// When somebody else has saved other words in a field meanwhile: theirs stand beside one's own,
// until one has said what to do with both.
const boxBy = (field) => (field.nextElementSibling?.matches(".table-theirs") ? field.nextElementSibling : null);

export function showTheirs(field, theirs, settled) {
  const box = document.getElementById("theirs").content.firstElementChild.cloneNode(true);
  if (theirs()) box.querySelector("blockquote").textContent = theirs();
  box.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-choice]")?.dataset.choice;
    if (!choice) return;
    const texts = choice === "both" ? [theirs(), field.value] : [field.value];
    field.value = texts.filter(Boolean).join(field.matches("textarea") ? "\n\n" : " ");
    box.remove();
    field.focus();
    settled();
  });
  boxBy(field)?.remove();
  field.after(box);
}
