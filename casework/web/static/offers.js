// What was left unsaved is offered again: taken, it is put into the form, and what others have
// written meanwhile stands beside it; thrown, it is gone.
import { isSame, isText, isWrittenAnew, put } from "./controls.js";
import { drop } from "./drafts.js";
import { showTheirs } from "./theirs.js";

const CLOCKS = { sv: "sv-SE", en: "en-GB" };

function clockOf(at) {
  const { lang } = document.documentElement;
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const shown = { timeStyle: "short", ...(isToday ? {} : { dateStyle: "long" }) };
  const said = new Intl.DateTimeFormat(CLOCKS[lang], shown).format(at);
  return lang === "sv" ? said.replace(/:(\d\d)$/, ".$1") : said;
}

const copyOf = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

// `take` puts the draft where it belongs and gives back the texts that have no place any longer;
// `settled` is called when the offer has been answered.
export function offer(place, draft, take, settled) {
  const box = copyOf("draft-offer");
  box.querySelector("[data-when]").textContent = clockOf(draft.at);
  box.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-choice]")?.dataset.choice;
    if (!choice) return;
    const homeless = choice === "take" ? take() : [];
    drop(draft.slot, draft.address);
    box.remove();
    tell(place, homeless);
    settled();
  });
  place.before(box);
  return box;
}

export function tell(place, texts) {
  if (!texts.length) return;
  const box = copyOf("draft-homeless");
  box.querySelector("blockquote").textContent = texts.join("\n\n");
  place.before(box);
}

export function isOther({ fields }, controlBy) {
  return fields.some(([name, { given }]) => {
    const control = controlBy(name);
    return control ? !isSame(control, given) : String(given).trim() !== "";
  });
}

// Gives the first control that was written in, and the texts that have none any longer.
export function bringBack({ fields }, controlBy, settled) {
  const found = fields.map(([name, begun]) => [controlBy(name), begun]);
  const changed = found.filter(([control, { given }]) => control && !isSame(control, given));
  for (const [control, begun] of changed) bringBackTo(control, begun, settled);
  const texts = found.filter(([control]) => !control).map(([, { given }]) => String(given));
  return { first: changed[0]?.[0], homeless: texts.filter((text) => text.trim()) };
}

function bringBackTo(control, begun, settled) {
  const { value, defaultValue } = control;
  const isBegun = isText(control) && value !== defaultValue && value; // since the page was opened
  put(control, isBegun ? `${value}${control.matches("textarea") ? "\n\n" : " "}${begun.given}` : begun.given);
  if (isWrittenAnew(control, begun) && !isBegun) showTheirs(control, () => defaultValue, settled);
}
