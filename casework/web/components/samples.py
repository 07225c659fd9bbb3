"""Invented rows for the living pages /styleguide; persons are roles, addresses lead nowhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from casework.web.components.holders import Holders
from casework.web.frame.forms import AcknowledgeForm, SignInForm
from casework.web.shapes import (
    DocumentLine,
    Due,
    ExcerptPage,
    HistoryEntry,
    Link,
    MatterLine,
    PersonLine,
    Reason,
    StateLabel,
    Step,
)

TODAY = date(2025, 6, 2)
BODY = "Regionala utvecklingsnämnden"
TITLE = "Inriktning för den strategiska planeringen 2026–2029"


# Plain words: wtforms 3.3 warns of pairs, and its stubs know nothing else yet.
KINDS: Any = ["Beslutsärende", "Informationsärende"]
STYLES: Any = ["Att-satser", "Hela meningar"]


class SampleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """One field of each kind."""

    class Meta:
        csrf = False

    title = StringField("Ärendemening", validators=[DataRequired("Skriv en ärendemening.")])
    text = TextAreaField("Sammanfattning", description="Ska kunna stå ensam i protokollet.")
    kind = SelectField("Ärendetyp", choices=KINDS)
    day = DateField("Återrapporteras senast", description="Till exempel 2025-12-09.")
    style = RadioField("Beslutspunkter", choices=STYLES)
    secret = BooleanField("Innehåller uppgifter som kan omfattas av sekretess")


def samples() -> dict[str, Any]:
    """The names that the templates in `styleguide/` show, made inside a request."""
    form = SampleForm(formdata=None, style=STYLES[1])
    form.title.errors = ["Skriv en ärendemening."]
    return {
        "today": TODAY,
        "body": BODY,
        "matters": _matters(),
        "dues": _dues(),
        "steps": _steps(),
        "history": _history(),
        "why": _why(),
        "holders": Holders({1: "Handläggaren, regional utvecklare", 2: "Strategen"}),
        "documents": _documents(),
        "people": _people(),
        "excerpt": _excerpt(),
        "form": form,
        "sign_in": SignInForm(formdata=None, prefix="sign-in-"),
        "acknowledge": AcknowledgeForm(formdata=None, prefix="acknowledge-"),
        "crumbs": [Link("Ärenden", "#page"), Link(BODY, "#page")],
        "tab_links": [Link("Ärende", "#tabs"), Link("Handlingar", "#a"), Link("Historik", "#b")],
        "stages": ["Registrerat", "Beredning", "Granskning", "Klart", "Beslutat", "Expedierat"],
        "picture": PICTURE,
        "states": [
            StateLabel("Registrerat"),
            StateLabel("Under beredning", "active"),
            StateLabel("Väntar på granskning", "attention"),
            StateLabel("Justering försenad", "late"),
            StateLabel("Expedierat", "done"),
        ],
        "theirs": "Nämnden antar inriktningen för åren 2026–2029 och ger direktören i uppdrag"
        " att återkomma i oktober.",
        "yours": "Nämnden antar inriktningen för åren 2026–2029 och ger regiondirektören i"
        " uppdrag att återkomma i december.",
    }


def _matters() -> list[MatterLine]:
    return [
        MatterLine(
            "RUN/78/2025",
            TITLE,
            "#matters",
            StateLabel("Under granskning", "attention"),
            BODY,
            "Handläggaren",
            Due("Granskas", date(2025, 6, 4)),
        ),
        MatterLine(
            "RUN/81/2025",
            "Förstärkt samarbete kring besöksnäringen i fjällvärlden",
            "#matters",
            StateLabel("Beslutat", "active"),
            "Kommunalt Forum",
            "Strategen",
            Due("Protokollet justeras", date(2025, 5, 30)),
        ),
        MatterLine(
            "RUN/12/2025",
            "Svar på remiss om kollektivtrafikens finansiering",
            "#matters",
            StateLabel("Expedierat", "done"),
            BODY,
            "Utredaren",
        ),
    ]


def _dues() -> list[Due]:
    return [
        Due("Kallelsen skickas", date(2025, 5, 28), "met"),
        Due("Protokollet justeras", date(2025, 5, 30), statute="5 kap. 69 § KL"),
        Due("Justeringen tillkännages", TODAY, statute="8 kap. 12 § KL"),
        Due("Granskning", date(2025, 6, 4)),
        Due("Tiden för överklagande går ut", date(2025, 6, 23), statute="13 kap. 5 § KL"),
    ]


def _steps() -> list[Step]:
    return [
        Step(
            "Lämna för granskning",
            "#steps",
            ("Tjänsteskrivelsen skrivs ut som PDF.", "Chefen får ett meddelande och fem dagar."),
        ),
        Step("Dra tillbaka ärendet", "#steps", ("Ärendet avslutas utan beslut.",)),
        Step(
            "Sätt upp på dagordningen",
            "#steps",
            reasons=(
                Reason("Ärendet saknar beslutspunkter.", "", Link("Skriv beslutspunkter", "#text")),
                Reason(
                    "En mottagare har ingen adress.", "", Link("Rätta mottagarna", "#recipients")
                ),
                Reason(
                    "Nämnden har inte fått handlingarna i tid.",
                    "reglementet 14 §",
                    Link("Öppna sammanträdet", "#meeting"),
                ),
            ),
        ),
    ]


def _why() -> HistoryEntry:
    moment = datetime(2025, 6, 3, 12, 5, tzinfo=UTC)
    told = "Lägg till kostnaden för åren 2027 och 2028."
    return HistoryEntry(moment, "Skicka tillbaka", "Områdeschefen", told)


def _history() -> list[HistoryEntry]:
    return [
        HistoryEntry(
            datetime(2025, 6, 2, 7, 12, tzinfo=UTC),
            "Återförvisade",
            "Områdeschefen",
            "Konsekvenserna för ekonomin behöver beskrivas.",
        ),
        HistoryEntry(
            datetime(2025, 5, 30, 13, 40, tzinfo=UTC), "Lämnade för granskning", "Handläggaren"
        ),
        HistoryEntry(
            datetime(2025, 5, 12, 6, 5, tzinfo=UTC),
            "Registrerade",
            "Registratorn",
            "Inkom med e-post den 9 maj.",
        ),
    ]


def _documents() -> list[DocumentLine]:
    made = date(2025, 5, 30)
    return [
        DocumentLine("Tjänsteskrivelse", "#documents", "PDF", 184_200, 3, made, "PDF/A"),
        DocumentLine("Tjänsteskrivelse", "#documents", "DOCX", 41_900, 3, made, "arbetsdokument"),
        DocumentLine("Underlag till inriktningen", "#documents", "PDF", 2_412_000, 1, made),
    ]


def _people() -> list[PersonLine]:
    return [
        PersonLine("Ordföranden", "Ordförande", "(S)"),
        PersonLine("Förste vice ordföranden", "Ledamot", "(C)"),
        PersonLine("Andra ersättaren", "Tjänstgörande ersättare", "(M), för en ledamot"),
    ]


def _excerpt() -> ExcerptPage:
    return ExcerptPage(
        organisation="Region Exempel",
        body=BODY,
        meeting_date=date(2025, 6, 10),
        section=54,
        title=TITLE,
        number="RUN/78/2025",
        lead_in=BODY,
        points=(
            "antar inriktningen för den strategiska planeringen.",
            "ger regiondirektören i uppdrag att redovisa arbetet vid sammanträdet i december.",
        ),
        summary="Inriktningen anger vad regionen och kommunerna planerar tillsammans.",
        appeal="Beslutet kan prövas av förvaltningsrätten om en medlem begär det inom tre veckor"
        " från den dag då justeringen tillkännagavs på anslagstavlan.",
        pdf=DocumentLine(
            "Protokollsutdrag § 54", "#recipient", "PDF", 96_400, 1, date(2025, 6, 18)
        ),
        recipient="Kommunen i dalen",
        expires=date(2025, 9, 16),
    )


PICTURE = Markup(
    '<svg class="diagram" viewBox="0 0 620 96" width="620" height="96" aria-hidden="true">'
    '<path class="edge" d="M130 44h40m150 0h40m110 0h40"/>'
    '<path class="arrow" d="m164 38 8 6-8 6zm190 0 8 6-8 6zm150 0 8 6-8 6z"/>'
    '<g class="state"><rect x="10" y="22" width="120" height="44" rx="4"/>'
    '<text x="70" y="49">Registrerat</text></g>'
    '<g class="state current"><rect x="172" y="22" width="148" height="44" rx="4"/>'
    '<text x="246" y="49">Under beredning</text></g>'
    '<g class="state"><rect x="362" y="22" width="108" height="44" rx="4"/>'
    '<text x="416" y="49">Granskning</text></g>'
    '<g class="state"><rect x="512" y="22" width="98" height="44" rx="4"/>'
    '<text x="561" y="49">Beslutat</text></g></svg>'
)
