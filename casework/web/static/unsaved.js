// Asks before leaving a page with text that was written and not sent: <form data-unsaved>.
let unsaved = false;

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
}

window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
