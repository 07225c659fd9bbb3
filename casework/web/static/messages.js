// What was just done is told in view and aloud, and can be put away. A screen reader says only what
// changes in a page that is there already, so each message is written once more.
for (const list of document.querySelectorAll(".flashes")) {
  for (const notice of list.querySelectorAll(".notice")) {
    const words = notice.querySelector("p:last-child");
    const { textContent } = words;
    setTimeout(() => { words.textContent = ""; }, 300);
    setTimeout(() => { words.textContent = textContent; }, 350);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "as-link";
    button.textContent = list.dataset.close;
    button.addEventListener("click", () => {
      notice.remove();
      document.getElementById("content").focus({ preventScroll: true });
    });
    notice.append(button);
  }
}
