// Notes on the meeting screen: saved as one types, a draft until the server has it.
import { drop, keep, kept, newSlot } from "./drafts.js";
import { tell } from "./offers.js";
import { isPassed, mayKeep, part, refuse, refused, said, stampNow, stampOf, table, toldBy } from "./table_panel.js";
import { showTheirs } from "./theirs.js";

const drafts = new Map(); // address and field -> a note that the server may not have yet
const slot = newSlot();

const noteFields = () => [...table.querySelectorAll("[data-field]")];
const keyOf = (area) => `${area.form.action} ${area.dataset.field}`;
const shownField = (key) => noteFields().find((area) => keyOf(area) === key);
const placeOf = ({ url, field }) => `${new URL(url).pathname}#${field}`;
const isDisputed = (draft) => draft.theirs !== undefined;

function write(area) {
  const key = keyOf(area);
  const begun = { slot, url: area.form.action, field: area.dataset.field, base: area.dataset.base };
  const draft = drafts.get(key) ?? { ...begun, tried: new Set(), queue: Promise.resolve() };
  drafts.set(key, draft);
  draft.text = area.value;
  keepHere(draft);
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => save(key), 700);
}

function keepHere(draft) {
  const { url, field, base, text } = draft;
  if (mayKeep()) keep(draft.slot, placeOf(draft), { url, field, base, text });
}

function forget(key) {
  const draft = drafts.get(key);
  drop(draft.slot, placeOf(draft));
  drafts.delete(key);
}

// One at a time for each field, so that nobody comes into conflict with themselves.
function save(key) {
  const draft = drafts.get(key);
  if (!draft) return Promise.resolve();
  clearTimeout(draft.timer);
  draft.queue = draft.queue.then(() => sendDraft(key, draft));
  return draft.queue;
}

export const saveAll = () => Promise.all([...drafts.keys()].map(save));
export const saveLost = () => Promise.all([...drafts.keys()].filter((key) => drafts.get(key).again).map(save));

function bodyOf(draft) {
  const body = new FormData();
  body.set("csrf_token", table.dataset.token);
  for (const name of ["field", "text", "base"]) body.set(name, draft[name]);
  return body;
}

async function sendDraft(key, draft) {
  if (drafts.get(key) !== draft || isDisputed(draft)) return;
  if (draft.text === draft.base && !draft.tried.size) {
    forget(key);
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
  if (draft.text === written) forget(key);
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
  if (isDisputed(draft)) showDispute(key);
}

function isInTrouble(draft, sentence, again) {
  Object.assign(draft, { sentence, again });
  said.textContent = "";
}

export function tellTroubles() {
  const untold = ([key, draft]) => draft.sentence && !(isDisputed(draft) && shownField(key));
  const [first] = [...drafts].filter(untold);
  if (first && refused.textContent !== first[1].sentence) refuse(first[1].sentence, "notes");
  if (!first) isPassed("notes");
}

function showDispute(key) {
  const area = shownField(key);
  const draft = drafts.get(key);
  if (area) showTheirs(area, () => draft.theirs, () => settle(area, draft));
}

function settle(area, draft) {
  Object.assign(draft, { base: draft.theirs, theirs: undefined, sentence: "" });
  draft.tried.clear();
  write(area);
  save(keyOf(area));
}

export function bringBackNotes() {
  for (const area of noteFields()) {
    const draft = drafts.get(keyOf(area));
    if (!draft) continue;
    if (isDisputed(draft)) {
      draft.theirs = area.dataset.base;
      showDispute(keyOf(area));
    }
    area.value = draft.text;
  }
}

// What only waits for its timer is sent when the page is left; what cannot be sent then is at risk.
function isAtRisk(draft) {
  return draft.sentence || !navigator.onLine || (draft.tried.size && !draft.tried.has(draft.text));
}

// What was written on this meeting and not saved when the screen was closed, by the same person.
export async function takeUpNotes(here) {
  for (const left of kept((address) => address.startsWith(here) && address.includes("#"))) {
    const key = `${left.url} ${left.field}`;
    if (drafts.has(key)) drop(left.slot, left.address); // the newest comes first
    else drafts.set(key, { ...left, tried: new Set([left.text]), queue: Promise.resolve() });
  }
  bringBackNotes();
  await saveAll();
  const isRefused = ([, draft]) => draft.sentence && !draft.again && !isDisputed(draft);
  const refusedNow = [...drafts].filter(isRefused);
  tell(table, refusedNow.map(([, draft]) => draft.text));
  for (const [key] of refusedNow) forget(key);
  tellTroubles();
}

export const isWritingNotes = () => noteFields().some((area) => drafts.has(keyOf(area)));
export const isAnyNote = () => drafts.size > 0;

table.addEventListener("input", (event) => {
  if (event.target.matches("[data-field]")) write(event.target);
});

export const saveNote = (area) => save(keyOf(area));

table.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-field]") && event.target.form) saveNote(event.target);
});

window.addEventListener("pagehide", () => {
  for (const draft of drafts.values()) {
    if (!isDisputed(draft)) navigator.sendBeacon(draft.url, bodyOf(draft));
  }
});

window.addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some(isAtRisk)) event.preventDefault();
});
