// What stands in the controls of forms, and what of it somebody has begun to change.
const LEFT_OUT = ["hidden", "password", "file", "submit", "button"];

export function controlsOf(forms) {
  return [...forms]
    .flatMap((form) => [...form.elements])
    .filter((one) => one.matches("input, select, textarea") && !LEFT_OUT.includes(one.type) && !one.readOnly)
    .filter((one) => !("field" in one.dataset)); // a note of the meeting screen is saved by itself
}

export const hasTick = (control) => control.matches("[type=radio], [type=checkbox]");
export const isText = (control) => !hasTick(control) && !control.matches("select");
export const givenIn = (control) => (hasTick(control) ? control.checked : control.value);
export const nameOf = (control) =>
  `${control.form.getAttribute("action") ?? ""} ${control.id || control.name} ${hasTick(control) ? control.value : ""}`;

// The words that what is written rests on; a choice rests on none.
const baseOf = (control) => (isText(control) ? control.defaultValue : "");

function isChanged(control) {
  if (hasTick(control)) return control.checked !== control.defaultChecked;
  if (isText(control)) return control.value !== control.defaultValue;
  const first = [...control.options].findIndex((option) => option.defaultSelected);
  return control.selectedIndex !== Math.max(0, first);
}

// What is begun, by control: { given, base }. `before` is what the page was given back with: there
// it is the page's own text, and still not what is saved.
export function begunIn(controls, before = new Map()) {
  return new Map(
    controls
      .filter((one) => isChanged(one) || before.has(nameOf(one)))
      .map((one) => [nameOf(one), { given: givenIn(one), base: before.get(nameOf(one))?.base ?? baseOf(one) }]),
  );
}

export const isWrittenAnew = (control, { base }) => isText(control) && base !== control.defaultValue;

export function put(control, given) {
  control[hasTick(control) ? "checked" : "value"] = given;
  control.closest("details")?.setAttribute("open", "");
}

export const isSame = (control, given) =>
  hasTick(control) ? control.checked === given : control.value.trim() === String(given).trim();
