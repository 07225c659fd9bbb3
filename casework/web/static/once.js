// A form is sent once: until the answer comes a second press does nothing. The server keeps the
// promise without this file (casework/web/frame/once.py); this spares the reader the second answer.
const LONGEST_WAIT = 8000; // an answer that is a file leaves the page standing
const sent = new Map(); // form -> the button that sent it

function free(form) {
  sent.get(form)?.removeAttribute("aria-disabled");
  sent.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.set(form, event.submitter);
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(() => free(form), LONGEST_WAIT);
});

// Back shows the page as it was left, with its buttons: they can be pressed again.
window.addEventListener("pageshow", () => [...sent.keys()].forEach(free));
