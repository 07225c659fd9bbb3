"""axe-core in the open page: what WCAG 2.2 AA is broken by, as far as a program can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is broken comes back to the test: the whole answer takes ten times as long to send.
_RUN = """async (rules) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  if (!found.passes.length) return ["axe found nothing to judge"];
  return found.violations.map((fault) => `${fault.id}: ${fault.nodes[0].html}`);
}"""


def faults(page: Page, axe: Path) -> list[str]:
    """Each broken rule with its first place, in the page as it stands."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN, RULES)
    return found
