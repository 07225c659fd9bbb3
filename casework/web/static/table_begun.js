// What is begun in the forms of the meeting screen and not sent: it is there again when one comes
// back to the item, and offered when the screen was closed meanwhile.
import { begunIn, controlsOf, nameOf } from "./controls.js";
import { drop, keep, kept, newSlot } from "./drafts.js";
import { bringBack, isOther, offer } from "./offers.js";
import { mayKeep, table } from "./table_panel.js";

const SOON = 500;
const begun = new Map(); // address -> what was begun there, by control
const slot = newSlot();
let place = location.pathname;
let timer = 0;
let box = null;

const controls = () => controlsOf(table.querySelectorAll("form[data-live]"));
const controlBy = (name) => controls().find((one) => nameOf(one) === name);
const othersHere = () => kept((address) => address === place).filter((draft) => draft.slot !== slot);

function keepHere() {
  const fields = [...(begun.get(place) ?? [])];
  if (fields.length && mayKeep()) keep(slot, place, { fields });
  else drop(slot, place);
}

export function keepBegun(sent) {
  clearTimeout(timer);
  timer = 0;
  begun.set(place, begunIn(controls().filter((one) => one.form !== sent)));
  keepHere();
}

// The form was sent from an item that is not shown any longer.
export function forgetBegun(form, at) {
  for (const control of controlsOf([form])) begun.get(at)?.delete(nameOf(control));
  if (!begun.get(at)?.size) drop(slot, at);
}

// The panel has been replaced, and belongs to this address.
export function bringBackBegun(address) {
  const isElsewhere = address !== place;
  place = address;
  bringBack({ fields: [...(begun.get(place) ?? [])] }, controlBy, keepBegun);
  if (isElsewhere) offerBegun();
}

export function offerBegun() {
  box?.remove();
  box = null;
  if (!mayKeep()) {
    for (const draft of othersHere()) drop(draft.slot, place);
    return;
  }
  const draft = othersHere().find((one) => isOther(one, controlBy));
  if (draft) box = offer(table, draft, () => take(draft), offerBegun);
}

function take(draft) {
  const { first, homeless } = bringBack(draft, controlBy, keepBegun);
  first?.focus();
  keepBegun();
  return homeless;
}

table.addEventListener("input", () => { timer ||= setTimeout(keepBegun, SOON); });
window.addEventListener("pagehide", () => { if (timer) keepBegun(); });
