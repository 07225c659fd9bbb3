// The panel of the meeting screen, what is said beside it, and how the server is asked for a part.
export const table = document.getElementById("table");
export const said = document.getElementById("table-said");
export const refused = document.getElementById("table-refused");

export const part = (options = {}) => ({ ...options, headers: { "X-Part": "1" }, redirect: "follow" });
export const stampOf = (html) => Number(/data-stamp="(\d+)"/.exec(html)?.[1] ?? 0);
export const stampNow = () => Number(table.querySelector("[data-stamp]")?.dataset.stamp ?? 0);

// What is written on the item that is shown may be kept in this browser: it is not secret.
export const mayKeep = () => "draft" in (table.querySelector("[data-stamp]")?.dataset ?? {});

export function refuse(sentence, about = "action") {
  refused.textContent = sentence;
  refused.dataset.about = about;
  refused.hidden = !sentence;
}

export function isPassed(...about) {
  if (about.includes(refused.dataset.about)) refuse("");
}

// A server in between may answer with a page of its own: then there is no contact with ours.
export const toldBy = (answer) => answer.json().catch(() => ({ sentence: said.dataset.lost }));
