// Every form that posts: its size is checked before it is sent, with a sentence beside what is too
// large, and the labels go along, so that a refused form can be shown with them.
const told = document.getElementById("forms-script").dataset;
const MEGABYTE = 1024 * 1024;
const ROOM = 4096; // of what is sent, for the frame around files and texts

const posts = (form) => form.method === "post" && !form.matches("[data-live]");
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const number = (value) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });

function say(control, sentence) {
  const id = `${control.id || control.name}-size`;
  document.getElementById(id)?.remove();
  const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
  control.setAttribute("aria-describedby", [...others, ...(sentence ? [id] : [])].join(" "));
  control.toggleAttribute("data-too-large", Boolean(sentence));
  if (!sentence) return control.removeAttribute("aria-invalid");
  const line = document.createElement("p");
  line.className = "field-error";
  line.id = id;
  line.setAttribute("role", "alert");
  line.textContent = sentence;
  control.before(line);
  control.setAttribute("aria-invalid", "true");
}

function weigh(control) {
  if (control.matches("[type=file]")) {
    const most = Number(told.most) - ROOM;
    const size = [...control.files].reduce((sum, file) => sum + file.size, 0);
    const values = { size: number(size / MEGABYTE), most: number(Math.round(most / MEGABYTE)) };
    say(control, size > most ? fill(told.file, values) : "");
  } else {
    const most = Number(control.dataset.longest);
    const length = control.value.length;
    say(control, length > most ? fill(told.text, { length: number(length), most: number(most) }) : "");
  }
}

// A pasted text that is too long would be cut off in silence; it is left whole and told of.
for (const area of document.querySelectorAll("form textarea[maxlength]")) {
  if (!posts(area.form)) continue;
  area.dataset.longest = area.maxLength;
  area.removeAttribute("maxlength");
}

const weighed = "textarea[data-longest], input[type=file]";

for (const event of ["change", "input"]) {
  document.addEventListener(event, ({ target }) => {
    if (!target.matches(weighed) || !posts(target.form)) return;
    if (event === "change" || target.matches("[data-too-large]")) weigh(target);
  });
}

document.addEventListener("submit", (event) => {
  if (!posts(event.target)) return;
  for (const control of event.target.querySelectorAll(weighed)) weigh(control);
  const first = event.target.querySelector("[data-too-large]");
  if (!first) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  first.closest("details")?.setAttribute("open", "");
  first.focus();
}, true);

function labelOf(control) {
  const label = control.labels?.[0]?.cloneNode(true);
  label?.querySelector(".optional")?.remove();
  return label?.textContent.trim().replace(/\s+/g, " ");
}

document.addEventListener("formdata", ({ target, formData }) => {
  if (!posts(target) || formData.has("labels")) return;
  const written = [...target.elements].filter((each) =>
    each.name && each.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [type=password])"));
  const labels = written.map((each) => [each.name, labelOf(each)]).filter(([, label]) => label);
  if (labels.length) formData.append("labels", JSON.stringify(labels));
});
