"""What a body decides about its own meetings, and where the law draws the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.errors import Invalid
from casework.people.body_kinds import COMMITTEE_LAW
from casework.people.section_roles import ROLES
from casework.text.door import cleaned, cleaned_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.people.body_kinds import BodyKind

MOST_SEATS = 500
MOST_DAYS = 365
MOST_ITEMS = 60
MOST_SECTIONS = 20
LONGEST_TITLE, LONGEST_TEXT = 300, 4000
FORMAL_TYPES = ("formality", "information", "notification")
SECTION_TYPES = ("", "formality", "decision", "information", "notification")
REPORTING = ("", "delegated_decisions", "urgent_decisions", "assignments")
SECTION_FIELDS = {"title", "item_type"}
ITEM_FIELDS = {"title", "item_type", "section", "text", "reports"}


def checked_settings(kind: BodyKind, given: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The settings as they are stored: those given, tried beside those that stay (`now`).

    seats (1-500 or None), summons_days and paper_stop_days (days before the meeting), open_doors,
    allows_remote, urgent_mandate (the decision cited, or ""), agenda_template, agenda_sections,
    minuted_roles. Raises Invalid.
    """
    for name in given:
        if name not in SETTINGS:
            raise Invalid("setting_unknown", field=name)
    found = {name: SETTINGS[name](kind, value) for name, value in given.items()}
    together = now | found
    if together["paper_stop_days"] < together["summons_days"]:
        raise Invalid("paper_stop_after_summons", days=together["summons_days"])
    return found


def _seats(_kind: BodyKind, value: int | None) -> int | None:
    if value is not None and not 1 <= value <= MOST_SEATS:
        raise Invalid("seats_wrong", most=MOST_SEATS)
    return value


def _summons_days(kind: BodyKind, value: int) -> int:
    """An assembly is summoned a week before, whatever its standing orders say (KL 5:13)."""
    if kind.law.summons_binds and value < kind.summons_days:
        statute = kind.law.summons_statute
        raise Invalid("summons_days_bound", days=kind.summons_days, statute=statute)
    days = _days(kind, value)
    if days < 1 and kind.law.summons_statute:
        raise Invalid("summons_day_missing", statute=kind.law.summons_statute)
    return days


def _days(_kind: BodyKind, value: int) -> int:
    if not 0 <= value <= MOST_DAYS:
        raise Invalid("days_before_wrong", most=MOST_DAYS)
    return value


def _open_doors(kind: BodyKind, value: bool) -> bool:
    if kind.law.open_doors and not value:
        raise Invalid("doors_open_by_law", statute=kind.law.doors_statute)
    return value


def _remote(_kind: BodyKind, value: bool) -> bool:
    return value


def _urgent_mandate(kind: BodyKind, value: str) -> str:
    """Only a committee can let its chair, or a member, decide alone (KL 6:39)."""
    if value.strip() and kind.law is not COMMITTEE_LAW:
        raise Invalid("urgent_mandate_misplaced")
    return _line("urgent_mandate", value, LONGEST_TITLE)


def _agenda(_kind: BodyKind, value: list[dict[str, Any]]) -> list[dict[str, str]]:
    if len(value) > MOST_ITEMS:
        raise Invalid("template_too_long", most=MOST_ITEMS)
    return [_formal_item(item) for item in value]


def _formal_item(item: dict[str, Any]) -> dict[str, str]:
    for name in item:
        if name not in ITEM_FIELDS:
            raise Invalid("setting_unknown", field=name)
    title = _line("title", item.get("title", ""), LONGEST_TITLE)
    if not title:
        raise Invalid("title_missing")
    item_type = item.get("item_type", "formality")
    if item_type not in FORMAL_TYPES:
        raise Invalid("item_type_unknown", item_type=item_type, known=list(FORMAL_TYPES))
    reports = item.get("reports", "")
    if reports not in REPORTING:
        raise Invalid(
            "reports_unknown", reports=reports, known=[each for each in REPORTING if each]
        )
    return {
        "title": title,
        "item_type": item_type,
        "section": _line("section", item.get("section", ""), LONGEST_TITLE),
        "text": _text("text", item.get("text", ""), LONGEST_TEXT),
        "reports": reports,
    }


def _sections(_kind: BodyKind, value: list[dict[str, Any]]) -> list[dict[str, str]]:
    if len(value) > MOST_SECTIONS:
        raise Invalid("sections_too_many", most=MOST_SECTIONS)
    found = [_section(each) for each in value]
    titles = [each["title"] for each in found]
    if len(set(titles)) < len(titles):
        raise Invalid("section_twice")
    return found


def _section(section: dict[str, Any]) -> dict[str, str]:
    for name in section:
        if name not in SECTION_FIELDS:
            raise Invalid("setting_unknown", field=name)
    title = _line("title", section.get("title", ""), LONGEST_TITLE)
    if not title:
        raise Invalid("title_missing")
    item_type = section.get("item_type", "")
    if item_type not in SECTION_TYPES:
        raise Invalid("item_type_unknown", item_type=item_type, known=list(SECTION_TYPES[1:]))
    return {"title": title, "item_type": item_type}


def _roles(_kind: BodyKind, value: list[str]) -> list[str]:
    unknown = next((each for each in value if each not in ROLES), None)
    if unknown is not None:
        raise Invalid("section_role_unknown", role=unknown, known=list(ROLES))
    return [each for each in ROLES if each in value]


def _line(field: str, value: str, longest: int) -> str:
    return cleaned_line(_text(field, value, longest))


def _text(field: str, value: str, longest: int) -> str:
    if len(value) > longest:
        raise Invalid("setting_text_wrong", field=field, most=longest)
    return cleaned(value).strip()


SETTINGS: dict[str, Callable[[BodyKind, Any], Any]] = {
    "seats": _seats,
    "summons_days": _summons_days,
    "paper_stop_days": _days,
    "open_doors": _open_doors,
    "allows_remote": _remote,
    "urgent_mandate": _urgent_mandate,
    "agenda_template": _agenda,
    "agenda_sections": _sections,
    "minuted_roles": _roles,
}
