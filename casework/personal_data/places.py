"""Where persons are named: every reference to one in any table, so that nothing is forgotten."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, select

from casework.db import Base, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, ForeignKeyConstraint, FromClause, Select, Table

# Told by themselves, or of no use to anybody: whether a form was sent before.
TOLD_APART = {"appointment", "user_account", "used_key"}
# No way from a row to its matter or meeting leads through these.
NO_WAY = {"person", "organisation", "body", "document", "user_account"}
# What the person wrote, by the column that names who wrote it.
WORDS = {
    ("statement", "person_id"): "text",
    ("floor_proposal", "mover_id"): "text",
    ("report_back", "reported_by_id"): "text",
    ("signature", "person_id"): "dissent",
    ("recusal", "person_id"): "reason",
    ("publication", "decided_by_id"): "reason",
    ("dispatch_way", "decided_by_id"): "reason",
    ("secrecy_mark", "set_by_id"): "reason",
    ("secrecy_mark", "ended_by_id"): "ended_because",
    ("need_to_know", "added_by_id"): "reason",
    ("need_to_know", "removed_by_id"): "removed_because",
    ("minutes_revision", "revised_by"): "note",
}
# What a person is in each place; the sentences stand beside their columns.
LABELS: dict[tuple[str, str], dict[str, str]] = {
    ("absence", "person_id"): {"sv": "Anmält förhinder", "en": "Absence reported"},
    ("absence", "substitute_id"): {"sv": "Inkallad för någon", "en": "Called in for somebody"},
    ("agenda_item", "elected_chair_id"): {"sv": "Vald till ordförande", "en": "Elected chair"},
    ("agenda_item", "led_by_id"): {"sv": "Ledde punkten", "en": "Led the item"},
    ("assignment", "assignee_id"): {"sv": "Uppdrag", "en": "Assignments"},
    ("assignment_request", "asked_by_id"): {
        "sv": "Frågade om uppdrag",
        "en": "Asked about assignments",
    },
    ("attendance", "person_id"): {"sv": "Närvaro", "en": "Attendance"},
    ("attendance", "serves_for_id"): {"sv": "Någon tjänstgjorde för personen", "en": "Served for"},
    ("attestation", "person_id"): {"sv": "Utsedd att justera", "en": "Named to attest"},
    ("ballot", "person_id"): {"sv": "Röster", "en": "Votes"},
    ("ballot", "serves_for_id"): {"sv": "Röst av ersättare", "en": "Voted for by a substitute"},
    ("board_notice", "responsible_id"): {"sv": "Ansvarig för anslag", "en": "Keeper of a notice"},
    ("deadline", "escalate_to_person_id"): {
        "sv": "Får veta att en frist har löpt ut",
        "en": "Told",
    },
    ("deadline", "responsible_person_id"): {"sv": "Ansvarig för en frist", "en": "Deadlines"},
    ("decided_point", "assignee_id"): {"sv": "Uppdrag i beslut", "en": "Tasks in decisions"},
    ("decision_point", "assignee_id"): {"sv": "Uppdrag i förslag", "en": "Tasks in proposals"},
    ("delegated_decision", "decider_id"): {"sv": "Beslutsfattare", "en": "Decided"},
    ("delegation_item", "delegate_id"): {"sv": "Får besluta på delegation", "en": "Delegate"},
    ("dispatch_way", "decided_by_id"): {
        "sv": "Beslutade hur ett utdrag skickas",
        "en": "Decided how an excerpt is sent",
    },
    ("dispatch_way", "reader_id"): {
        "sv": "Läser utdrag efter inloggning",
        "en": "Signs in to read excerpts",
    },
    ("excerpt", "certified_by_id"): {"sv": "Bestyrkte utdrag", "en": "Certified excerpts"},
    ("floor_proposal", "mover_id"): {"sv": "Yrkanden", "en": "Motions"},
    ("inbox_entry", "person_id"): {"sv": "Vad personen har fått veta", "en": "What they were told"},
    ("matter", "case_officer_id"): {"sv": "Handläggare", "en": "Case officer"},
    ("matter", "drafted_by_id"): {"sv": "Registrerade ärendet", "en": "Registered the matter"},
    ("meeting", "chair_id"): {"sv": "Ordförande vid sammanträde", "en": "Chair of meetings"},
    ("meeting", "secretary_id"): {"sv": "Sekreterare vid sammanträde", "en": "Secretary"},
    ("mending", "mended_by"): {
        "sv": "Rättade skrivfel i protokoll",
        "en": "Mended slips in minutes",
    },
    ("minutes_revision", "revised_by"): {"sv": "Ändrade protokoll", "en": "Revised minutes"},
    ("need_to_know", "added_by_id"): {
        "sv": "Lade till på sekretesslista",
        "en": "Added to a need-to-know list",
    },
    ("need_to_know", "person_id"): {
        "sv": "Stod på sekretesslista",
        "en": "On a need-to-know list",
    },
    ("need_to_know", "removed_by_id"): {
        "sv": "Tog bort från sekretesslista",
        "en": "Took off a need-to-know list",
    },
    ("participant", "person_id"): {"sv": "Deltog i beslut", "en": "Took part in decisions"},
    ("participant", "serves_for_id"): {"sv": "Ersattes vid beslut", "en": "Was served for"},
    ("publication", "decided_by_id"): {"sv": "Prövat för publicering", "en": "Tried for all"},
    ("recusal", "person_id"): {"sv": "Jäv", "en": "Recusals"},
    ("recusal", "substitute_id"): {"sv": "Gick in vid jäv", "en": "Stepped in at a recusal"},
    ("report_back", "reported_by_id"): {"sv": "Återrapporter", "en": "Report-backs"},
    ("secrecy_mark", "ended_by_id"): {
        "sv": "Hävde sekretessmarkering",
        "en": "Lifted a secrecy mark",
    },
    ("secrecy_mark", "set_by_id"): {
        "sv": "Satte sekretessmarkering",
        "en": "Set a secrecy mark",
    },
    ("secret_reading", "person_id"): {
        "sv": "Läste ärende med sekretess",
        "en": "Read a secret matter",
    },
    ("signatory", "person_id"): {"sv": "Undertecknare av förslag", "en": "Signed proposals"},
    ("signature", "person_id"): {"sv": "Underskrifter", "en": "Signatures"},
    ("stand_in", "person_id"): {"sv": "Har en ersättare under frånvaro", "en": "Has a stand-in"},
    ("stand_in", "stand_in_id"): {"sv": "Ersätter någon under frånvaro", "en": "Stands in"},
    ("statement", "person_id"): {"sv": "Reservationer och yttranden", "en": "Statements"},
    ("sub_delegation", "given_by_id"): {"sv": "Gav delegation vidare", "en": "Lent a delegation"},
    ("sub_delegation", "person_id"): {"sv": "Fick delegation av någon", "en": "Was lent one"},
}


@dataclass(frozen=True)
class Place:
    """A column that names persons; `matter` and `meeting` are how a row leads to them."""

    table: Table
    column: str

    @property
    def key(self) -> tuple[str, str]:
        return self.table.name, self.column

    @property
    def label(self) -> dict[str, str]:
        return LABELS.get(self.key, {"sv": self.table.name, "en": self.table.name})

    @property
    def words(self) -> str:
        """The column with what the person wrote, "" for none."""
        return WORDS.get(self.key, "")

    @property
    def days(self) -> list[str]:
        """The columns that say when."""
        return [each.name for each in self.table.columns if isinstance(each.type, (Date, Moment))]

    def rows(self, organisation_id: int, person_id: int) -> Select[Any]:
        """Each row that names the person, the newest first, with its matter and meeting."""
        found: FromClause = self.table
        shown: list[ColumnElement[Any]] = [self.table.c[each] for each in self.days]
        if self.words:
            shown.append(self.table.c[self.words])
        for target, wanted in (
            ("matter", ("id", "registration_number", "title")),
            ("meeting", ("starts_at", "body_id")),
        ):
            way = _way(self.table, target)
            if way is None:
                continue
            found, end = _joined(found, self.table, way)
            shown += [end.c[name].label(f"{target}_{name}") for name in wanted]
        statement: Select[Any] = (
            select(*shown)
            .select_from(found)
            .where(
                self.table.c.organisation_id == organisation_id,
                self.table.c[self.column] == person_id,
            )
            .order_by(self.table.c.id.desc())
        )
        return statement


def places() -> Iterator[Place]:
    """Every column that refers to a person, table by table."""
    for table in Base.metadata.sorted_tables:
        if table.name in TOLD_APART:
            continue
        for constraint in table.foreign_key_constraints:
            if constraint.referred_table.name == "person":
                [column] = [each.name for each in constraint.columns if each.name != _OWNER]
                yield Place(table, column)


_OWNER = "organisation_id"


def _way(table: Table, target: str) -> list[ForeignKeyConstraint] | None:
    """The shortest way of references from a row to one of `target`; None where there is none."""
    waiting: deque[tuple[Table, list[ForeignKeyConstraint]]] = deque([(table, [])])
    seen = {table.name}
    while waiting:
        here, way = waiting.popleft()
        if here.name == target:
            return way
        for each in sorted(here.foreign_key_constraints, key=lambda one: str(one.name)):
            further = each.referred_table
            if further.name not in seen | NO_WAY:
                seen.add(further.name)
                waiting.append((further, [*way, each]))
    return None


def _joined(
    found: FromClause, start: Table, way: list[ForeignKeyConstraint]
) -> tuple[FromClause, FromClause]:
    here: FromClause = start
    for each in way:
        further = each.referred_table.alias()
        pairs = [here.c[key.parent.name] == further.c[key.column.name] for key in each.elements]
        condition = pairs[0]
        for pair in pairs[1:]:
            condition &= pair
        found, here = found.outerjoin(further, condition), further
    return found, here
