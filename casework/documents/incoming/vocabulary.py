"""The words of Swedish official documents, apart from headings: tables, and tests on them."""

from __future__ import annotations

import datetime
import re

from casework.documents.incoming.headings import BODY_WORD

DOCUMENT_KINDS = re.compile(
    r"tjänsteskrivelse|tjänsteutlåtande|protokollsutdrag|protokoll|sammanträdesprotokoll|kallelse"
    r"|delegationsbeslut|ordförandebeslut|remissvar|remiss|missiv|pm|promemoria|skrivelse"
    r"|beslutsunderlag|minnesanteckningar|mötesanteckningar|utkast|brev|yttrande|rapport|utlåtande"
    r"|beslutsärende|informationsärende|anmälningsärende|beslutsförslag"
    r"|föredragning|delegeringsbeslut|handling|underlag för beslut",
    re.IGNORECASE,
)
BODY_NAME = re.compile(
    rf"(?=[A-ZÅÄÖ])(?:[A-ZÅÄÖ]\w+(?:-? och)? (?:\w+ ){{0,2}})?(?i:{BODY_WORD})"
    r"(?: [A-ZÅÄÖ]\w+){0,2}"
)
PREPOSITION = re.compile(r"\b(?:i|om|för|av|till|på|med|från|inom|kring|ett|en|den|det)\b", re.I)
ORGANISATION = re.compile(
    r"\b(?:region(?:en)?|kommun(?:en|erna)?|\w+s kommun|landsting(?:et)?|län(?:et)?|länsstyrelsen?"
    r"|\w*förbund(?:et)?|\w*myndighet(?:en)?|\w*verket|\w*kontoret|\w*förvaltning(?:en)?"
    r"|\w*avdelning(?:en)?|\w*enhet(?:en)?|ab|bolaget|universitet(?:et)?|\w*kansliet?"
    r"|\w*sektionen?|stiftelsen?|\w*föreningen?)\b",
    re.IGNORECASE,
)
MUNICIPALITY = re.compile(
    r"[A-ZÅÄÖ][\w-]*(?: [A-ZÅÄÖ][\w-]*)? (?:kommun|stad|landsting|kommunalförbund)", re.IGNORECASE
)
ISO_DAY = r"(?:19|20)\d\d-\d\d-\d\d"
UNIT = re.compile(
    r"[A-ZÅÄÖ][\w-]*(?: (?:och|[\w-]+-|[A-ZÅÄÖ][\w-]*)){0,3}"
    r" \w*(?:avdelningen|enheten|kontoret|förvaltningen|kansliet|sektionen|staben)"
)
PHONE = re.compile(r"(?:\+46|\b0)[\d\s/–-]{6,}\d")
# A line that may be a title, but not while there is a better one.
WEAK_TITLE = re.compile(
    rf"[A-ZÅÄÖ]\w+(?: \w+)?: ?\S{{1,20}}(?: \S{{1,12}})?|\S{{1,12}}|.{{0,60}}{ISO_DAY}.{{0,20}}",
    re.IGNORECASE,
)
LETTERHEAD_LABEL = re.compile(
    r"(?:handläggare|datum|dnr|diarienummer|diarienr|diariebeteckning|tfn|telefon|e-post|epost|sida"
    r"|till|från|sammanträdesdatum|sammanträde|mottagare|adress|plats|tid|plats och tid|organ"
    r"|nämnd|er beteckning|vår beteckning|beslutande|justerare|paragrafer|sekreterare|ordförande"
    r"|handläggande enhet|ärendenummer|ärendenr|protokollet justerat|deltagare|närvarande"
    r"|utskriftsdatum|utskriven|version|upprättad(?: av)?|daterad|ert datum|vårt datum|er referens"
    r"|vår referens|besöksadress|postadress|webbplats|org\.? ?nr|organisationsnummer|kontaktperson"
    r"|föredragande|förvaltning|avdelning|enhet|status|dokumenttyp|fastställd(?: av)?|kopia till"
    r"|ärendeansvarig|beslutsdatum|mötesdatum|mobil|tel|fax|växel|sammanträdestid|klockan)\b",
    re.IGNORECASE,
)
# Lines of a letterhead that no label introduces.
PAPER = re.compile(
    r"bilaga(?: \d{1,2}[a-z]?)?|version \d[\d.]*|v\d+\.\d+|utkast(?: \d.*)?|arbetsmaterial"
    r"|sidan? \d.*|(?:ärende|punkt|nr|löpnummer) ?\d+"
    r"|(?:kl\.?|klockan) ?\d{1,2}[.:]\d\d.*|\d{1,2}[.:]\d\d ?[–-] ?\d{1,2}[.:]\d\d"
    r"|(?:\+46|0)[\d\s/–-]{6,}|\d{3} ?\d\d [A-ZÅÄÖ][\w ]+|www\..*|box \d+.*"
    r"|[A-ZÅÄÖ][\w ]+ \d{1,3}(?: [A-Z])?, ?\d{3} ?\d\d .*"
    r"|(?:\w+s )?sign(?:atur|\.)?|\w*bestyrkande|\w+s signaturer"
    r"|\d{1,3} ?\(\d{1,3}\)|(?:för )?(?:beslut|kännedom|information|åtgärd)|öppen|konfidentiell"
    r"|(?:[A-ZÅÄÖ]{2,6} )?§§? ?\d+(?:[–/-]\d+)?",
    re.IGNORECASE,
)

# When a document is of its own day, that goes before the day of the meeting it is for.
OWN_DATE = re.compile(r"(?<!ert )(?<!er )\b(?:datum|upprättad|daterad)\b", re.IGNORECASE)
DATE_LABEL = re.compile(
    r"(?<!ert )(?<!er )\b(?:datum|sammanträdesdatum|beslutsdatum|mötesdatum|sammanträde|upprättad"
    r"|daterad|dag)\b",
    re.IGNORECASE,
)
NUMBER_LABEL = re.compile(
    r"(?<!er )(?<!ert )(?<!deras )\b(?:dnr|diarienummer|diarienr|diariebeteckning|ärendenummer"
    r"|ärendenr|ärende-?id|vår beteckning|ärendebeteckning|beteckning)\b\.?",
    re.IGNORECASE,
)
# Unlabelled, a registration number is known by its year beside letters.
REGISTRATION_NUMBER = re.compile(
    r"(?<![\w/:.-])(?:[A-ZÅÄÖ]{1,8}[ /.-]?\d{1,6}[/:.-]\d{2,6}"
    r"|\d{4}[/:-]\d{2,6}|\d{1,6}[/:]\d{4}|\d{4}-[A-ZÅÄÖ]{1,6}-\d+)"
    r"(?:[-.]\d{1,4})?(?![\w/:])"
)
CERTAIN_NUMBER = re.compile(
    r"[A-ZÅÄÖ]{2,8}[ /-]\d{1,6}/(?:19|20)\d\d(?:-\d{1,3})?"
    r"|[A-ZÅÄÖ]{2,8}[ /-](?:19|20)\d\d[/:]\d{1,6}(?:-\d{1,3})?"
)
# One word of a number as organisations write them: "KS", "2026/00123", "0246", "§".
NUMBER_WORD = re.compile(
    r"[A-ZÅÄÖ]{1,8}|[A-ZÅÄÖ][a-zåäö]{1,3}|[A-Za-zÅÄÖåäö]{0,8}\d[\w./:–-]*"
    r"|[A-ZÅÄÖ][A-Za-zÅÄÖåäö]{0,7}[./:-][\w./:-]*|§"
)
TITLE_LABEL = re.compile(
    r"(?:ärende|rubrik|ämne|ärendemening|ärenderubrik|angående|ang\.|titel)\s*:\s*", re.IGNORECASE
)

MONTHS = [
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
]
_MONTH = "|".join(MONTHS)
MEETING_NOTES = re.compile(r"anteckningar|\b(?:möte|avstämning|träff)\b", re.IGNORECASE)
FULL_DATE = re.compile(
    r"\b(?P<year>(?:19|20)\d\d)[-.–/](?P<month>\d\d)[-.–/](?P<day>\d\d)\b"
    rf"|\b(?P<word_day>\d{{1,2}})\s+(?P<word_month>{_MONTH})\s+(?P<word_year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
LOOSE_DATE = (
    rf"{FULL_DATE.pattern}|(?:\d{{1,2}}\s+)?(?:{_MONTH})(?:\s+(?:19|20)\d\d)?"
    r"|(?:våren|sommaren|hösten|vintern|årsskiftet|halvårsskiftet)(?:\s+(?:19|20)\d\d(?:/\d{2,4})?)?"
    r"|vecka\s+\d{1,2}|nästa (?:möte|sammanträde|träff)"
)

# What a decision does, as its sentence says it.
DECIDES = re.compile(
    r"\b(?:beslutar|godkänner|antar|fastställer|ger|uppdrar|beviljar|avslår|ställer sig|noterar"
    r"|lägger|överlämnar|rekommenderar|avger|utser|tillstyrker|avstyrker|bifaller|föreslår|anser"
    r"|avskriver|återremitterar|bordlägger|anslår|tilldelar|upphäver|inrättar|förklarar|yttrar"
    r"|lämnar|tar|medger|bemyndigar|delegerar|entledigar|väljer|hemställer|anvisar|ska|skall|får"
    r"|ges|bifalls|avslås|godkänns|antas|fastställs|beviljas|avskrivs|läggs|anslås|upphävs"
    r"|överlämnas|noteras|uppdras|utses|upphör|gäller|bemyndigas|inrättas|införs|säger)\b",
    re.IGNORECASE,
)


def is_body_name(text: str) -> bool:
    """Whether `text` is nothing but the name of a body, such as a committee or a forum."""
    return len(text) < 80 and bool(BODY_NAME.fullmatch(text)) and not PREPOSITION.search(text)


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
