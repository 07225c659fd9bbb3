// The meeting screen: forms and links replace the panel alone, notes are saved as one types, and
// a second secretary's changes are told of. Without this file the same page works by reloading.
const table = document.getElementById("table");
const said = document.getElementById("table-said");
const refused = document.getElementById("table-refused");
const saving = new Map(); // textarea -> timer
const unsent = new Map(); // address -> what was begun there and not sent, by control
let address = location.href;
let turn = 0; // each thing asked for; an answer to an earlier one than the last is not shown
let asking = 0; // how many of them wait for their answer
let held = Promise.resolve(); // settled when nothing is pressed: what is replaced then is not clicked
let letGo = () => {};

const part = (options = {}) => ({ ...options, headers: { "X-Part": "1" }, redirect: "follow" });
const stampOf = (html) => Number(/data-stamp="(\d+)"/.exec(html)?.[1] ?? 0);
const stampNow = () => Number(table.querySelector("[data-stamp]")?.dataset.stamp ?? 0);

function refuse(sentence) {
  refused.textContent = sentence;
  refused.hidden = !sentence;
}

const controls = () => [
  ...table.querySelectorAll("form[data-live] :is(input:not([type=hidden]), select, textarea:not([data-field]))"),
];
const hasTick = (control) => control.matches("[type=radio], [type=checkbox]");
const givenIn = (control) => (hasTick(control) ? control.checked : control.value);
const nameOf = (control) =>
  `${control.form.getAttribute("action")} ${control.id || control.name} ${hasTick(control) ? control.value : ""}`;

function isChanged(control) {
  if (hasTick(control)) return control.checked !== control.defaultChecked;
  if (!control.matches("select")) return control.value !== control.defaultValue;
  const first = [...control.options].findIndex((option) => option.defaultSelected);
  return control.selectedIndex !== Math.max(0, first);
}

function keepUnsent(sent) {
  const begun = controls().filter((control) => control.form !== sent && isChanged(control));
  unsent.set(
    address,
    new Map(begun.map((one) => [nameOf(one), { given: givenIn(one), base: one.defaultValue }])),
  );
}

function bringBackUnsent() {
  const kept = unsent.get(address) ?? new Map();
  for (const control of controls()) {
    const begun = kept.get(nameOf(control));
    // Words written over other words than those that stand there now would be a change unseen.
    if (!begun || begun.base !== control.defaultValue) continue;
    control[hasTick(control) ? "checked" : "value"] = begun.given;
    control.closest("details")?.setAttribute("open", "");
  }
}

const LISTS = [".table-agenda", ".table-roll"];

function keepInView(tops) {
  LISTS.forEach((list, place) => table.querySelector(list)?.scrollTo(0, tops[place]));
  const here = table.querySelector(".table-agenda a[aria-current]");
  const agenda = here?.closest(".table-agenda");
  const above = agenda && here.offsetTop < agenda.scrollTop;
  const below = agenda && here.offsetTop + here.offsetHeight > agenda.scrollTop + agenda.clientHeight;
  if (above || below) agenda.scrollTop = here.offsetTop - agenda.clientHeight / 2;
}

function show(html, focus) {
  const tops = LISTS.map((list) => table.querySelector(list)?.scrollTop ?? 0);
  table.innerHTML = html;
  bringBackUnsent();
  keepInView(tops);
  said.textContent = "";
  (document.getElementById(focus) ?? document.getElementById("table-title"))?.focus();
}

async function send(url, body) {
  try {
    return await fetch(url, part({ method: "POST", body }));
  } catch {
    refuse(said.dataset.lost);
    return null;
  }
}

async function saveNote(area) {
  clearTimeout(saving.get(area));
  saving.delete(area);
  if (area.value === area.dataset.base) return true;
  said.textContent = said.dataset.saving;
  const written = area.value;
  const body = new FormData(area.form);
  body.set("text", written);
  body.set("base", area.dataset.base);
  const answer = await send(area.form.action, body);
  if (!answer) return false;
  if (!answer.ok) {
    said.textContent = "";
    refuse(await answer.text());
    return false;
  }
  area.dataset.base = written;
  const stamp = stampOf(await answer.text());
  const shown = table.querySelector("[data-stamp]");
  // A jump of more than one: somebody else has recorded something that is not shown here yet.
  if (shown && stamp === stampNow() + 1) shown.dataset.stamp = stamp;
  refuse("");
  said.textContent = said.dataset.saved;
  return true;
}

async function saveAll() {
  const saved = await Promise.all([...table.querySelectorAll("[data-field]")].map(saveNote));
  return saved.every(Boolean);
}

async function ask(work) {
  turn += 1;
  asking += 1;
  const mine = turn;
  try {
    await work(() => mine !== turn);
  } finally {
    asking -= 1;
  }
}

function moveTo(url) {
  if (url !== location.href) history.pushState(null, "", url);
  address = url;
}

async function open(url, isPast) {
  if (!(await saveAll())) return;
  let answer;
  try {
    answer = await fetch(url, part());
  } catch {
    refuse(said.dataset.lost);
    return;
  }
  if (isPast()) return;
  if (!answer.ok) {
    location.href = url;
    return;
  }
  const html = await answer.text();
  await held;
  if (isPast()) return;
  refuse("");
  keepUnsent();
  moveTo(answer.redirected ? answer.url : url);
  show(html, "table-title");
}

const go = (url) => ask((isPast) => open(url, isPast));

async function submit(form, button, isPast) {
  const here = address;
  if (!(await saveAll())) return;
  const focus = button?.id || document.activeElement?.id;
  const answer = await send(form.action, new FormData(form, button));
  if (!answer) return;
  if (!answer.ok) {
    refuse(await answer.text());
    return;
  }
  const html = await answer.text();
  await held;
  if (isPast()) {
    for (const control of form.elements) unsent.get(here)?.delete(nameOf(control));
    return;
  }
  refuse("");
  keepUnsent(form);
  if (answer.redirected) moveTo(answer.url);
  show(html, focus);
}

table.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.matches("[data-field]")) return;
  clearTimeout(saving.get(area));
  saving.set(area, setTimeout(() => saveNote(area), 700));
});

table.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-field]") && saving.has(event.target)) saveNote(event.target);
});

table.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-live]")) return;
  event.preventDefault();
  const area = form.querySelector("[data-field]");
  if (area) {
    await saveNote(area);
    return;
  }
  await ask((isPast) => submit(form, event.submitter, isPast));
});

table.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});

document.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  held = new Promise((settle) => {
    letGo = () => setTimeout(settle); // the click comes first
    setTimeout(settle, 1000);
  });
});
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => letGo());

const PLACES = { 1: "notes-summary", 2: "mover", 3: "outcome", 4: "state-person" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter") {
    const form = document.activeElement?.closest("form[data-live]");
    if (form) form.requestSubmit();
    return;
  }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const link = table.querySelector(`a[data-key="${event.key}"]`);
  const place = document.getElementById(PLACES[event.key]);
  if (!link && !place) return;
  event.preventDefault();
  if (link) {
    go(link.href);
    return;
  }
  place.closest("details")?.setAttribute("open", "");
  place.focus();
});

window.addEventListener("popstate", () => go(location.href));
window.addEventListener("pagehide", () => {
  for (const area of saving.keys()) {
    const body = new FormData(area.form);
    body.set("base", area.dataset.base);
    navigator.sendBeacon(area.form.action, body);
  }
});

function isWriting() {
  const here = document.activeElement;
  const areas = [...table.querySelectorAll("[data-field]")];
  if (saving.size || areas.some((area) => area.value !== area.dataset.base)) return true;
  if (!table.contains(here)) return false;
  return here.matches("textarea, select") || (here.matches("input") && here.type !== "hidden");
}

function tellOfChange() {
  said.replaceChildren();
  const link = document.createElement("a");
  link.href = address;
  link.textContent = said.dataset.changed;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go(address);
  });
  said.append(link);
}

// What somebody else did is shown only where nothing has been asked for or begun meanwhile.
async function followOthers() {
  if (document.hidden) return;
  const before = turn;
  const here = address;
  const isPast = () => asking || turn !== before || address !== here;
  try {
    const stamp = await fetch(table.dataset.stampUrl);
    if (!stamp.ok || (await stamp.json()).stamp <= stampNow() || isPast()) return;
    if (isWriting()) {
      tellOfChange();
      return;
    }
    const answer = await fetch(here, part());
    if (!answer.ok) return;
    const html = await answer.text();
    await held;
    if (isPast() || isWriting() || stampOf(html) <= stampNow()) return;
    keepUnsent();
    if (answer.redirected) moveTo(answer.url);
    show(html, document.activeElement?.id);
  } catch {
    return; // no contact: the next action tells
  }
}

setInterval(followOthers, 4000);
