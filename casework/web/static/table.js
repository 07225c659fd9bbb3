// The meeting screen: forms and links replace the panel alone, notes are saved as one types, and
// a second secretary's changes are told of. Without this file the same page works by reloading.
const table = document.getElementById("table");
const said = document.getElementById("table-said");
const refused = document.getElementById("table-refused");
const drafts = new Map(); // address and field -> a note that the server may not have yet
const unsent = new Map(); // address -> what was begun there and not sent, by control
let address = location.href;
let shown = address; // where what stands on the screen belongs
const sending = new Set(); // forms that wait for their answer
let turn = 0; // each thing asked for; an answer to an earlier one than the last is not shown
let asking = 0; // how many of them wait for their answer
let held = Promise.resolve(); // settled when nothing is pressed: what is replaced then is not clicked
let letGo = () => {};

const part = (options = {}) => ({ ...options, headers: { "X-Part": "1" }, redirect: "follow" });
const stampOf = (html) => Number(/data-stamp="(\d+)"/.exec(html)?.[1] ?? 0);
const stampNow = () => Number(table.querySelector("[data-stamp]")?.dataset.stamp ?? 0);

function refuse(sentence, about = "action") {
  refused.textContent = sentence;
  refused.dataset.about = about;
  refused.hidden = !sentence;
}

function isPassed(...about) {
  if (about.includes(refused.dataset.about)) refuse("");
}

// A server in between may answer with a page of its own: then there is no contact with ours.
const toldBy = (answer) => answer.json().catch(() => ({ sentence: said.dataset.lost }));

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

// Where the keyboard may be once the panel is replaced: at the same control, else near it.
function placesNear(control) {
  const line = control?.closest("li")?.querySelector("button[id]");
  const title = control?.closest("[aria-labelledby]")?.getAttribute("aria-labelledby");
  return [control?.id, line?.id, title, "table-title"].filter(Boolean);
}

function focusOn(ids, options) {
  for (const place of ids.map((id) => document.getElementById(id)).filter(Boolean)) {
    if (place.tabIndex < 0) place.tabIndex = -1; // a heading
    place.focus(options);
    if (document.activeElement === place) return; // not so in what is folded away
  }
}

function bringIntoView(title) {
  const { top } = title.getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) title.scrollIntoView();
}

function show(html, places) {
  const tops = LISTS.map((list) => table.querySelector(list)?.scrollTop ?? 0);
  const top = scrollY;
  const { id, selectionStart, selectionEnd } = document.activeElement;
  table.innerHTML = html;
  bringBackUnsent();
  bringBackDrafts();
  tellTroubles();
  keepInView(tops);
  said.textContent = "";
  focusOn(places, { preventScroll: true });
  const here = document.activeElement;
  if (here.id === id && here.matches("textarea")) here.setSelectionRange(selectionStart, selectionEnd);
  if (address === shown) scrollTo(0, top);
  else bringIntoView(document.getElementById("table-title"));
  shown = address;
}

// --- Notes: a draft until the server has it ---------------------------------------------------

const noteFields = () => [...table.querySelectorAll("[data-field]")];
const keyOf = (area) => `${area.form.action} ${area.dataset.field}`;
const shownField = (key) => noteFields().find((area) => keyOf(area) === key);
const isDisputed = (draft) => draft.theirs !== undefined;

function write(area) {
  const key = keyOf(area);
  const begun = { url: area.form.action, field: area.dataset.field, base: area.dataset.base };
  const draft = drafts.get(key) ?? { ...begun, tried: new Set(), queue: Promise.resolve() };
  drafts.set(key, draft);
  draft.text = area.value;
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => save(key), 700);
}

// One at a time for each field, so that nobody comes into conflict with themselves.
function save(key) {
  const draft = drafts.get(key);
  if (!draft) return Promise.resolve();
  clearTimeout(draft.timer);
  draft.queue = draft.queue.then(() => sendDraft(key, draft));
  return draft.queue;
}

const saveAll = () => Promise.all([...drafts.keys()].map(save));
const saveLost = () => Promise.all([...drafts.keys()].filter((key) => drafts.get(key).again).map(save));

function bodyOf(draft) {
  const body = new FormData();
  body.set("csrf_token", table.dataset.token);
  for (const name of ["field", "text", "base"]) body.set(name, draft[name]);
  return body;
}

async function sendDraft(key, draft) {
  if (drafts.get(key) !== draft || isDisputed(draft)) return;
  if (draft.text === draft.base && !draft.tried.size) {
    drafts.delete(key);
    return;
  }
  said.textContent = said.dataset.saving;
  const written = draft.text;
  draft.tried.add(written);
  try {
    const signal = AbortSignal.timeout(15000);
    const answer = await fetch(draft.url, part({ method: "POST", body: bodyOf(draft), signal }));
    if (answer.ok) isSaved(key, draft, written, stampOf(await answer.text()));
    else await isNotSaved(key, draft, answer);
  } catch {
    isInTrouble(draft, said.dataset.waits, true);
  }
  tellTroubles();
}

function isSaved(key, draft, written, stamp) {
  Object.assign(draft, { base: written, sentence: "", again: false });
  draft.tried.clear();
  const area = shownField(key);
  if (area) area.dataset.base = written;
  if (draft.text === written) drafts.delete(key);
  const panel = table.querySelector("[data-stamp]");
  // A jump of more than one: somebody else has recorded something that is not shown here yet.
  if (panel && stamp === stampNow() + 1) panel.dataset.stamp = stamp;
  said.textContent = said.dataset.saved;
}

async function isNotSaved(key, draft, answer) {
  const { sentence, stored } = await toldBy(answer);
  if (draft.tried.has(stored)) {
    draft.base = stored; // only the answer to an earlier try was lost
    await sendDraft(key, draft);
    return;
  }
  draft.theirs = stored;
  isInTrouble(draft, sentence, ![404, 409, 412, 422].includes(answer.status));
  if (isDisputed(draft)) showTheirs(key);
}

function isInTrouble(draft, sentence, again) {
  Object.assign(draft, { sentence, again });
  said.textContent = "";
}

function tellTroubles() {
  const untold = ([key, draft]) => draft.sentence && !(isDisputed(draft) && shownField(key));
  const [first] = [...drafts].filter(untold);
  if (first && refused.textContent !== first[1].sentence) refuse(first[1].sentence, "notes");
  if (!first) isPassed("notes");
}

function showTheirs(key) {
  const area = shownField(key);
  if (!area) return;
  const box = document.getElementById("table-theirs").content.firstElementChild.cloneNode(true);
  const theirs = drafts.get(key).theirs;
  if (theirs) box.querySelector("blockquote").textContent = theirs;
  area.form.querySelector(".table-theirs")?.remove();
  area.after(box);
}

function resolve(area, choice) {
  const draft = drafts.get(keyOf(area));
  const texts = choice === "both" ? [draft.theirs, area.value] : [area.value];
  area.value = texts.filter(Boolean).join("\n\n");
  Object.assign(draft, { base: draft.theirs, theirs: undefined, sentence: "" });
  draft.tried.clear();
  area.form.querySelector(".table-theirs").remove();
  area.focus();
  write(area);
  save(keyOf(area));
}

function bringBackDrafts() {
  for (const area of noteFields()) {
    const draft = drafts.get(keyOf(area));
    if (!draft) continue;
    if (isDisputed(draft)) {
      draft.theirs = area.dataset.base;
      showTheirs(keyOf(area));
    }
    area.value = draft.text;
  }
}

// What only waits for its timer is sent when the page is left; what cannot be sent then is at risk.
function isAtRisk(draft) {
  return draft.sentence || !navigator.onLine || (draft.tried.size && !draft.tried.has(draft.text));
}

// --- Links and forms --------------------------------------------------------------------------

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

async function reach(url, options) {
  try {
    return await fetch(url, part(options));
  } catch {
    refuse(said.dataset.lost, "contact");
    return null;
  }
}

async function open(url, isPast) {
  await saveAll();
  const answer = await reach(url);
  if (!answer || isPast()) return;
  if (!answer.ok) {
    refuse((await toldBy(answer)).sentence);
    return;
  }
  const html = await answer.text();
  await held;
  if (isPast()) return;
  isPassed("action", "contact");
  keepUnsent();
  moveTo(answer.redirected ? answer.url : url);
  show(html, ["table-title"]);
}

const go = (url) => ask((isPast) => open(url, isPast));

async function submit(form, button, isPast) {
  const here = address;
  const pressed = document.activeElement;
  await saveAll();
  const answer = await reach(form.action, { method: "POST", body: new FormData(form, button) });
  if (!answer) return;
  if (!answer.ok) {
    refuse((await toldBy(answer)).sentence);
    return;
  }
  const html = await answer.text();
  await held;
  if (isPast()) {
    for (const control of form.elements) unsent.get(here)?.delete(nameOf(control));
    return;
  }
  isPassed("action", "contact");
  keepUnsent(form);
  if (answer.redirected) moveTo(answer.url);
  const now = document.activeElement; // somewhere else if one has gone on meanwhile
  show(html, placesNear(now !== pressed && table.contains(now) ? now : (button ?? pressed)));
}

table.addEventListener("input", (event) => {
  if (event.target.matches("[data-field]")) write(event.target);
});

table.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-field]") && event.target.form) save(keyOf(event.target));
});

table.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-live]")) return;
  event.preventDefault();
  const area = form.querySelector("[data-field]");
  if (area) {
    await save(keyOf(area));
    return;
  }
  if (sending.has(form)) return;
  sending.add(form);
  await ask((isPast) => submit(form, event.submitter, isPast)).finally(() => sending.delete(form));
});

table.addEventListener("click", (event) => {
  // The second click of a double click would land on what has come in place of the first's button.
  if (event.detail > 1 && event.target.closest("form[data-live] button")) event.preventDefault();
  const choice = event.target.closest("[data-choice]");
  if (choice) resolve(choice.form.querySelector("[data-field]"), choice.dataset.choice);
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

const PLACES = {
  1: "notes-summary",
  2: "mover",
  3: "outcome",
  4: "state-person",
  5: "roll-title",
  6: "recuse-person",
  7: "questions-title",
};

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
  focusOn([place.id]);
});

window.addEventListener("popstate", () => go(location.href));
window.addEventListener("pagehide", () => {
  for (const draft of drafts.values()) {
    if (!isDisputed(draft)) navigator.sendBeacon(draft.url, bodyOf(draft));
  }
});
window.addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some(isAtRisk)) event.preventDefault();
});

// --- What others do, and contact that comes back ----------------------------------------------

function isWriting() {
  if (noteFields().some((area) => drafts.has(keyOf(area)))) return true;
  const here = document.activeElement;
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

// After a new sign-in in another tab, what stands here is sent with the token of that one.
function renew(token) {
  if (!token) return;
  table.dataset.token = token;
  for (const input of table.querySelectorAll("[name=csrf_token]")) input.value = token;
}

async function stampThere() {
  const answer = await fetch(table.dataset.stampUrl, part());
  if (!answer.ok) return 0;
  const { stamp, token } = await answer.json();
  renew(token);
  isPassed("contact");
  await saveLost();
  return stamp;
}

// What somebody else did is shown only where nothing has been asked for or begun meanwhile.
async function followOthers() {
  if (document.hidden && !drafts.size) return;
  const before = turn;
  const here = address;
  const isPast = () => asking || turn !== before || address !== here;
  try {
    if ((await stampThere()) <= stampNow() || isPast()) return;
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
    const now = document.activeElement;
    show(html, table.contains(now) ? placesNear(now) : []);
  } catch {
    return; // no contact: the next action tells
  }
}

window.addEventListener("online", followOthers);
setInterval(followOthers, 4000);
