// Writing pages, <form data-unsaved data-writes="where it is sent">: what is written is kept as a
// draft within a second and offered again to whoever left it unsaved, and nobody leaves the page
// without being asked. Without data-draft nothing is kept; with data-secret not even what was.
import { begunIn, controlsOf, nameOf } from "./controls.js";
import { drop, keep, kept, newSlot } from "./drafts.js";
import { bringBack, isOther, offer } from "./offers.js";
import { addsRows, makeRowOf } from "./rows.js";

const SOON = 500;
const unsaved = new Set();

function tellServer(form, slot) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "draft", value: `${slot} ${form.dataset.writes}` });
  form.append(field);
}

// A number of a matter is filled in, and the page cannot know whether that matter is secret.
const isWithheld = (form) => Boolean(form.elements[form.dataset.draftUnless]?.value.trim());

function keepsDrafts(form, slot) {
  const { writes: address } = form.dataset;
  const others = () => kept((its) => its === address).filter((draft) => draft.slot !== slot);
  if ("secret" in form.dataset) {
    for (const draft of others()) drop(draft.slot, address);
  }
  if (!("draft" in form.dataset)) return;
  // Given back by the server, the page holds what is not saved; what it rests on is in its draft.
  const before = new Map(kept((its) => its === address).find((draft) => draft.slot === slot)?.fields);
  let timer = 0;

  function keepIt() {
    clearTimeout(timer);
    timer = 0;
    const fields = [...begunIn(controlsOf([form]), before)];
    if (fields.length && !isWithheld(form)) keep(slot, address, { fields });
    else drop(slot, address);
  }

  const controlBy = (name) => controlsOf([form]).find((one) => nameOf(one) === name);

  function controlMadeBy(name) {
    makeRowOf(form, name.split(" ").at(-2));
    return controlBy(name);
  }

  function take(draft) {
    const { first, homeless } = bringBack(draft, controlMadeBy, keepIt);
    first?.focus();
    unsaved.add(form);
    keepIt();
    return homeless;
  }

  function offerNext() {
    const draft = others().find((one) => isOther(one, controlBy));
    if (draft) offer(form, draft, () => take(draft), offerNext);
  }

  form.addEventListener("input", () => { timer ||= setTimeout(keepIt, SOON); });
  window.addEventListener("pagehide", () => { if (timer) keepIt(); });
  for (const draft of others()) {
    if (isOther(draft, controlBy)) continue;
    keepIt(); // it stands there already: saved after all, or put back by the browser
    drop(draft.slot, address);
  }
  offerNext();
}

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  if (form.dataset.unsaved === "yes") unsaved.add(form);
  form.addEventListener("input", () => { unsaved.add(form); });
  form.addEventListener("submit", () => { unsaved.delete(form); });
  addsRows(form);
  if (!form.dataset.writes) continue;
  const slot = form.dataset.draft || newSlot();
  tellServer(form, slot);
  keepsDrafts(form, slot);
}

window.addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
