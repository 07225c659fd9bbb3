// One row more in a form without asking the server: the page holds an empty row, <template
// data-row="point">, in which {n} stands for its number. The button adds one above itself.
const MOST = 100;

const templates = (form) => [...form.querySelectorAll("template[data-row]")];
const rowsOf = (template) => [...template.parentElement.children].filter((one) => one.dataset.of === template.dataset.row);

function add(template) {
  const number = rowsOf(template).length + 1;
  if (number > MOST) return null;
  const html = template.innerHTML.replaceAll("{n}", number);
  template.insertAdjacentHTML("beforebegin", html);
  return template.previousElementSibling;
}

// Rows are added until there is one that holds a control with this id, if any row holds such.
export function makeRowOf(form, id) {
  const [, stem, number] = /^(.*)-(\d+)$/.exec(id) ?? [];
  const template = templates(form).find((one) => stem && one.content.querySelector(`[id="${CSS.escape(stem)}-{n}"]`));
  while (template && rowsOf(template).length < Math.min(number, MOST)) add(template);
}

export function addsRows(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add]");
    const template = button && templates(form).find((one) => one.dataset.row === button.value);
    const row = template && add(template);
    if (!row) return;
    event.preventDefault();
    row.querySelector("input, textarea").focus();
    row.scrollIntoView({ block: "nearest" });
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
