"""The words by which Swedish official documents show their parts: tables, and tests on them."""

from __future__ import annotations

import datetime
import re
from typing import Literal

ZoneKind = Literal["section", "decision", "proposal", "recipients", "signatures", "assignments"]

# Whole headings, without closing colon, in any case.
_HEADING_WORDS: dict[ZoneKind, str] = {
    "decision": r"beslut|(?:nämndens|styrelsens|utskottets|fullmäktiges) beslut",
    "proposal": (
        r"(?:\w+ )?(?:förslag|förslaget) till (?:beslut|rekommendation|ställningstagande)"
        r"(?: (?:i|för|till) [\w ]{3,50})?"
        r"|besluts?förslag|förslag på beslut|att-satser"
        r"|(?:\w+ ){0,2}\w+s (?:förslag(?: till beslut)?|beslutsförslag)"
    ),
    "recipients": (
        r"utdrag till|protokollsutdrag till|utdrag ur protokollet(?: skickas)? till"
        r"|expedieras(?: till)?|expediering|expedierat till|sändlista|delges"
        r"|beslut(?:et)? (?:ska )?(?:skickas|expedieras|sänds|delges|meddelas) ?(?:till)?"
        r"|skickas till|kopia(?: för kännedom)?(?: till)?|för kännedom(?: till)?"
    ),
    "signatures": (
        r"i tjänsten|underskrifter|underskrift|undertecknas?|undertecknat av|signatur(?:er)?"
        r"|(?:med )?(?:vänlig(?:a)?|bästa|varma) hälsning(?:ar)?|hälsning(?:ar)?|enligt uppdrag"
        r"|rätt utdraget intygas|vid protokollet"
    ),
    "assignments": (
        r"uppdrag|att göra|åtgärdslista|åtgärder|aktiviteter|nästa steg|beslutade uppdrag"
    ),
    "section": (
        r"ärendebeskrivning|beskrivning av ärendet|ärendet"
        r"|(?:kort )?sammanfattning(?: av ärendet)?"
        r"|bakgrund|information i ärendet|inledning|syfte|mål|syfte och mål|tidigare beslut.{0,60}"
        r"|utredning|bedömning|utredning och bedömning|förvaltningens bedömning|överväganden?"
        r"|motivering|skäl för beslutet|(?:ekonomiska )?konsekvenser.{0,60}|ekonomi|finansiering"
        r"|barnets rättigheter|jämställdhet|miljö(?: och klimat)?|juridik|lagrum|uppföljning"
        r"|samråd(?: och remiss)?|remiss|tidplan|beslutsunderlag|underlag|handlingar i ärendet"
        r"|bilagor|bilaga|förslag och yrkanden|yrkanden|propositionsordning|omröstning|jäv"
        r"|reservation(?:er)?|särskil(?:t|da) yttranden?|protokollsanteckning(?:ar)?|slutsats"
        r"|deltar inte i beslutet|deltagare|närvarande|nuläge|diskussion|(?:övriga )?frågor"
        r"|beslutsmotivering|beslutsgång|genomförande|resultat|analys"
    ),
}
HEADINGS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _HEADING_WORDS.items()}
HEADING_MAX = 90
HEADING_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+(?=[^\W\d_])")

DOCUMENT_KINDS = re.compile(
    r"tjänsteskrivelse|tjänsteutlåtande|protokoll|protokollsutdrag|sammanträdesprotokoll|kallelse"
    r"|delegationsbeslut|ordförandebeslut|remiss|missiv|pm|promemoria|skrivelse|beslutsunderlag"
    r"|minnesanteckningar|mötesanteckningar|utkast|brev|yttrande|rapport",
    re.IGNORECASE,
)
BODY_WORD = (
    r"(?:\w*nämnd(?:en)?|\w*styrelsen?|\w*utskott(?:et)?|\w*fullmäktige|\w*presidium|\w*presidiet"
    r"|\w*forum|\w*råd(?:et)?|\w*beredning(?:en)?|\w*kommitté(?:n)?|\w*direktionen?)"
)
BODY_NAME = re.compile(
    rf"(?=[A-ZÅÄÖ])(?:[A-ZÅÄÖ]\w+ (?:\w+ ){{0,2}})?(?i:{BODY_WORD})(?: [A-ZÅÄÖ]\w+){{0,2}}"
)
PREPOSITION = re.compile(r"\b(?:i|om|för|av|till|på|med|från|inom|kring|ett|en|den|det)\b", re.I)
ORGANISATION = re.compile(
    r"\b(?:region(?:en)?|kommun(?:en|erna)?|\w+s kommun|landsting(?:et)?|län(?:et)?|länsstyrelsen?"
    r"|\w*förbund(?:et)?|\w*myndighet(?:en)?|\w*verket|\w*kontoret|\w*förvaltningen?"
    r"|\w*avdelning(?:en)?|\w*enhet(?:en)?|ab|bolaget|universitet(?:et)?)\b",
    re.IGNORECASE,
)
LETTERHEAD_LABEL = re.compile(
    r"(?:handläggare|datum|dnr|diarienummer|diarienr|diariebeteckning|tfn|telefon|e-post|epost|sida"
    r"|till|från|sammanträdesdatum|sammanträde|mottagare|adress|plats|tid|plats och tid|organ"
    r"|nämnd|er beteckning|vår beteckning|beslutande|justerare|paragrafer|sekreterare|ordförande"
    r"|handläggande enhet|ärendenummer|ärendenr|protokollet justerat|deltagare|närvarande)\b",
    re.IGNORECASE,
)

DATE_LABEL = re.compile(
    r"(?:datum|sammanträdesdatum|beslutsdatum|mötesdatum|upprättad|daterad)\b", re.IGNORECASE
)
NUMBER_LABEL = re.compile(
    r"\b(?:dnr|diarienummer|diarienr|diariebeteckning|ärendenummer|ärendenr|vår beteckning)\b",
    re.IGNORECASE,
)
REGISTRATION_NUMBER = re.compile(
    r"(?<![\w/:-])(?:[A-ZÅÄÖ]{1,8}[ \u00a0/-]?\d{1,6}[/:-]\d{2,6}"
    r"|\d{4}[/:-]\d{2,6}|\d{1,6}[/:]\d{4})"
    r"(?:-\d{1,4})?(?![\w/:])"
)
TITLE_LABEL = re.compile(
    r"(?:ärende|rubrik|ämne|ärendemening|angående|ang\.)\s*:\s*", re.IGNORECASE
)
MINUTES_ITEM = re.compile(r"§\s*\d+(?:/\d+)?\s*")

MONTHS = [
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
]
_MONTH = "|".join(MONTHS)
MEETING_NOTES = re.compile(r"anteckningar|\b(?:möte|avstämning|träff)\b", re.IGNORECASE)
FULL_DATE = re.compile(
    rf"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"
    rf"|\b(?P<word_day>\d{{1,2}})\s+(?P<word_month>{_MONTH})\s+(?P<word_year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
LOOSE_DATE = (
    rf"{FULL_DATE.pattern}|(?:\d{{1,2}}\s+)?(?:{_MONTH})(?:\s+(?:19|20)\d\d)?"
    r"|(?:våren|sommaren|hösten|vintern|årsskiftet|halvårsskiftet)(?:\s+(?:19|20)\d\d(?:/\d{2,4})?)?"
    r"|vecka\s+\d{1,2}|nästa (?:möte|sammanträde|träff)"
)

TITLE_WORD = re.compile(
    r"\b\w*(?:direktör(?:en)?|chef(?:en)?|handläggare|sekreterare|ordförande|strateg|utredare"
    r"|samordnare|controller|jurist|ekonom|registrator|planerare|utvecklare|rådgivare|ledare"
    r"|ansvarig|specialist|råd|assistent|koordinator|justerare|ledamot|vd|administratör)\b",
    re.IGNORECASE,
)
ACTING = re.compile(r"(?:t\.?\s?f\.?|tillförordnad)\s+", re.IGNORECASE)
PERSON_NAME = re.compile(
    r"[A-ZÅÄÖÉÜØ][\w'’-]+(?: (?:von|af|de|van|der))?(?: [A-ZÅÄÖÉÜØ](?:[\w'’-]+|\.)){1,3}"
    r"(?: \([A-ZÅÄÖ]{1,4}\))?"
)


def heading_kind(text: str) -> ZoneKind | None:
    """Which part of a document `text` opens when it is one of the known headings."""
    if len(text) > HEADING_MAX:
        return None
    bare = HEADING_NUMBER.sub("", text).removesuffix(":").strip()
    return next((kind for kind, words in HEADINGS.items() if words.fullmatch(bare)), None)


def is_body_name(text: str) -> bool:
    """Whether `text` is nothing but the name of a body, such as a committee or a forum."""
    return len(text) < 80 and bool(BODY_NAME.fullmatch(text)) and not PREPOSITION.search(text)


def is_title(text: str) -> bool:
    """Whether `text` reads as an official's title."""
    return len(text) < 80 and bool(TITLE_WORD.search(text)) and not text.endswith(".")


def is_person_name(text: str) -> bool:
    """Whether `text` reads as one person's name and not as a title, body or organisation."""
    plain = len(text) < 80 and bool(PERSON_NAME.fullmatch(text)) and not ACTING.match(text)
    other = is_title(text) or ORGANISATION.search(text) or is_body_name(text)
    return plain and not other and not heading_kind(text)


def calendar_day(text: str) -> datetime.date | None:
    """The day that the first full date in `text` names, None when there is no such day."""
    found = FULL_DATE.search(text)
    if found is None:
        return None
    if found["year"]:
        parts = int(found["year"]), int(found["month"]), int(found["day"])
    else:
        month = MONTHS.index(found["word_month"].lower()) + 1
        parts = int(found["word_year"]), month, int(found["word_day"])
    try:
        return datetime.date(*parts)
    except ValueError:
        return None
