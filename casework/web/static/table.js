// The meeting screen: forms and links replace the panel alone, notes are saved as one types, and
// a second secretary's changes are told of. Without this file the same page works by reloading.
import { bringBackBegun, forgetBegun, keepBegun, offerBegun } from "./table_begun.js";
import { bringBackNotes, isAnyNote, isWritingNotes, saveAll, saveLost, saveNote, takeUpNotes, tellTroubles } from "./table_notes.js";
import { isPassed, part, refuse, said, stampNow, stampOf, table, toldBy } from "./table_panel.js";

let address = location.href;
let shown = address; // where what stands on the screen belongs
const sending = new Set(); // forms that wait for their answer
let turn = 0; // each thing asked for; an answer to an earlier one than the last is not shown
let asking = 0; // how many of them wait for their answer
let held = Promise.resolve(); // settled when nothing is pressed: what is replaced then is not clicked
let letGo = () => {};

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
  bringBackBegun(new URL(address).pathname);
  bringBackNotes();
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
  keepBegun();
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
    forgetBegun(form, new URL(here).pathname);
    return;
  }
  isPassed("action", "contact");
  keepBegun(form);
  if (answer.redirected) moveTo(answer.url);
  const now = document.activeElement; // somewhere else if one has gone on meanwhile
  show(html, placesNear(now !== pressed && table.contains(now) ? now : (button ?? pressed)));
}

table.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-live]")) return;
  event.preventDefault();
  const area = form.querySelector("[data-field]");
  if (area) {
    await saveNote(area);
    return;
  }
  if (sending.has(form)) return;
  sending.add(form);
  await ask((isPast) => submit(form, event.submitter, isPast)).finally(() => sending.delete(form));
});

table.addEventListener("click", (event) => {
  // The second click of a double click would land on what has come in place of the first's button.
  if (event.detail > 1 && event.target.closest("form[data-live] button")) event.preventDefault();
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

// --- What others do, and contact that comes back ----------------------------------------------

function isWriting() {
  if (isWritingNotes()) return true;
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
  if (document.hidden && !isAnyNote()) return;
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
    keepBegun();
    if (answer.redirected) moveTo(answer.url);
    const now = document.activeElement;
    show(html, table.contains(now) ? placesNear(now) : []);
  } catch {
    return; // no contact: the next action tells
  }
}

window.addEventListener("online", followOthers);
setInterval(followOthers, 4000);

offerBegun();
takeUpNotes(location.pathname.replace(/\d+$/, ""));
