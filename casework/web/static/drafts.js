// Drafts in this browser: what a person has written and the server does not have yet. Each is kept
// under its owner, its slot (one for each page that was opened) and the address it is sent to.
// Where the browser keeps nothing (private, full, forbidden) there are silently no drafts.
const NAME = "casework-draft";
const LEFT = "casework-left"; // with an owner: signed out; what other pages still hold is not kept
const LONGEST = 7 * 24 * 60 * 60 * 1000;
const owner = document.body.dataset.owner ?? "";

function attempt(work, otherwise) {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

const keys = () => attempt(() => Object.keys(localStorage), []);
const partsOf = (key) => key.split(" ");
const remove = (key) => attempt(() => localStorage.removeItem(key));
const keyOf = (slot, address) => `${NAME} ${owner} ${slot} ${address}`;
const read = (key) => attempt(() => JSON.parse(localStorage.getItem(key)), null);
const hasLeft = () => attempt(() => localStorage.getItem(`${LEFT} ${owner}`) !== null, true);

export function newSlot() {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36).padStart(7, "0")).join("");
}

export function keep(slot, address, draft) {
  if (!owner || hasLeft()) return;
  const text = JSON.stringify({ ...draft, at: Date.now() });
  attempt(() => localStorage.setItem(keyOf(slot, address), text));
}

export const drop = (slot, address) => remove(keyOf(slot, address));

// The owner's drafts whose address is the one asked for, the newest first.
export function kept(isAsked) {
  return keys()
    .map((key) => [key, partsOf(key)])
    .filter(([, [name, whose, , address]]) => name === NAME && owner && whose === owner && isAsked(address))
    .map(([key, [, , slot, address]]) => ({ ...read(key), slot, address }))
    .sort((one, other) => other.at - one.at);
}

function isTooOld(key) {
  const at = Number(key.startsWith(NAME) ? read(key)?.at : attempt(() => localStorage.getItem(key), 0));
  return !(Date.now() - at < LONGEST);
}

function tidy() {
  const done = new Set((document.body.dataset.draftsDone ?? "").split(" ").filter(Boolean));
  for (const key of keys()) {
    const [name, whose, slot] = partsOf(key);
    if (name !== NAME && name !== LEFT) continue;
    if (isTooOld(key) || done.has(slot) || (name === NAME && done.has(whose))) remove(key);
  }
  if (owner) remove(`${LEFT} ${owner}`);
  for (const mark of owner ? [] : done) attempt(() => localStorage.setItem(`${LEFT} ${mark}`, Date.now()));
}

tidy();
