"""The headings by which Swedish official documents show their parts, in the words they use."""

from __future__ import annotations

import re
from typing import Literal

ZoneKind = Literal[
    "section", "decision", "proposal", "recipients", "signatures", "assignments", "attachments"
]

HEADING_MAX = 90
HEADING_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+(?=[^\W\d_])")

# A deciding body in the words that end it, and in the genitive.
BODY_WORD = (
    r"(?:\w*nämnd(?:en)?|\w*styrelsen?|\w*utskott(?:et)?|\w*fullmäktige|\w*presidium|\w*presidiet"
    r"|\w*forum|\w*råd(?:et)?|\w*beredning(?:en)?|\w*kommitté(?:n)?|\w*direktion(?:en)?"
    r"|\w*delegation(?:en)?|\w*stämma(?:n)?)"
)
_BODIES = (
    r"(?:\w*nämndens?|\w*nämnds|\w*styrelsens?|\w*utskotte?ts|\w*utskotts|\w*råds|\w*fullmäktiges|\w*presidiets"
    r"|\w*forums|\w*rådets|\w*beredningens|\w*kommitténs|\w*direktionens|\w*delegationens"
    r"|\w*stämmans|ordförandens)"
)
_BODY = rf"(?:[\w-]+ (?:och )?){{0,3}}{BODY_WORD}"
_WHOSE = r"(?:[\w-]+ (?:och )?){0,4}\w+s"
_PROPOSED = r"(?:beslut|rekommendation|ställningstagande|hemställan)"

# What is sent on, and how: "Protokollsutdraget ska skickas för kännedom till".
_SENT = (
    r"(?:(?:beslut(?:et|en)?|protokoll(?:et)?|protokollsutdrag(?:et)?|utdrag(?:et)?|paragraf(?:en)?"
    r"|ärendet|handling(?:en|arna)?|kopia|kopior|underrättelse|besked|svaret|yttrandet|rapporten)"
    r"(?: (?:av|på|ur|om|i) (?:detta )?\w+)?)"
)
_SENDS = (
    r"(?:(?:ska|skall) )?(?:skickas|expedieras|sänds|sändes|delges|meddelas|lämnas|tillställs"
    r"|överlämnas|distribueras|översänds|skickats|expedierat|expedierats|skickat|delgivet|delgetts"
    r"|mejlas)"
)
_WHY = r"(?: för (?:kännedom|verkställighet|åtgärd|vidare (?:hantering|handläggning|beredning)))"
_RECIPIENTS = (
    rf"{_SENT} {_SENDS}{_WHY}?(?: till)?|{_SENDS}{_WHY}?(?: till)?|{_SENT}{_WHY}? till"
    rf"|(?:kopia|kopior){_WHY}?(?: till)?|{_WHY.replace('(?: ', '(?:', 1)}(?: till)?"
    r"|sändlista|expedieringslista|\w*expediering(?:ar)?|delgivas|delgivning|mottagare|mottagarlista"
    r"|delgivningslista|distributionslista|utskickslista|distribution|expedition|delas med"
    r"|(?:expediering|delgivning|underrättelse|kopia|utskick)(?: av (?:beslut|beslutet))? till"
)

# Whole headings, without closing colon, in any case; the first kind that fits is the one.
_HEADING_WORDS: dict[ZoneKind, str] = {
    "proposal": (
        rf"(?:{_WHOSE} )?(?:förslag|förslaget) (?:till|på) {_PROPOSED}"
        r"(?: (?:i|för|till|från) [\w ]{3,50})?"
        rf"|(?:{_WHOSE} )?(?:förslag|förslaget|hemställan|rekommendation) till {_BODY}"
        rf"|(?:{_WHOSE} )?förslag till {_BODY}s? (?:beslut|rekommendation)"
        rf"|{_WHOSE} (?:förslag|beslutsförslag|rekommendation|hemställan)"
        rf"|förslag till (?:[\w-]+ ){{0,2}}{_BODIES} beslut"
        r"|besluts?förslag|föreslaget beslut|att-satser|förslag|rekommendation(?:er)?|hemställan"
        rf"|(?:förslag|hemställan) från {_BODY}|beslutsmening(?:ar)?"
    ),
    "decision": (
        rf"beslut|beslutet|(?:[\w-]+ (?:och )?){{0,3}}{_BODIES} (?:beslut|ställningstagande)"
        rf"|beslut (?:i|av|från) {_BODY}|beslut i ärendet|beslut om|beslutspunkter"
    ),
    "recipients": _RECIPIENTS,
    "signatures": (
        r"i tjänsten|underskrifter|underskrift|undertecknas?|signatur(?:er)?"
        r"|(?:beslutet (?:är|har) )?undertecknats?(?: \w+)? av"
        r"|(?:med )?(?:vänlig(?:a)?|bästa|varma) hälsning(?:ar)?|hälsning(?:ar)?|enligt uppdrag"
        r"|rätt utdraget intygas|vid protokollet|(?:elektroniskt |digitalt )?(?:signerat|signerad)"
        r"(?: av)?|(?:elektroniskt|digitalt) undertecknat(?: av)?|protokollet justeras|justeras"
        r"|för (?:[\w-]+ ){0,2}\w*(?:förvaltningen|nämnden|styrelsen|kontoret|kansliet"
        r"|enheten|avdelningen)"
    ),
    "assignments": (
        r"uppdrag|att göra|åtgärdslista|åtgärder|aktiviteter|nästa steg|beslutade uppdrag"
    ),
    "attachments": (
        r"bilagor|bilaga|bilageförteckning|bilagsförteckning|bifogade (?:handlingar|filer)"
        r"|bifogas|bilagor till (?:ärendet|beslutet|skrivelsen)|förteckning över bilagor"
    ),
    "section": (
        r"ärendebeskrivning|beskrivning av ärendet|ärendet|ärende|om ärendet"
        r"|(?:kort )?sammanfattning(?: av ärendet)?"
        r"|bakgrund(?: (?:till|och) .{1,50})?|information i ärendet|inledning|syfte|mål"
        r"|syfte och mål"
        r"|tidigare beslut.{0,60}|utredning|bedömning|utredning och bedömning|överväganden?"
        r"|\w+s (?:bedömning|överväganden|yttrande|synpunkter)"
        r"|(?:motivering|motiv|skäl)(?: (?:till|för|av|bakom) .{1,50})?"
        r"|(?:ekonomiska )?konsekvenser.{0,60}|ekonomi|finansiering|kostnad(?:er)?|budget"
        r"|tidsplan|tidplan|risker|alternativ"
        r"|barn(?:ets|perspektiv\w*)(?: (?:rättigheter|bästa))?|barnkonsekvens\w*|jämställdhet"
        r"|miljö(?: och klimat)?|juridik|lagrum|uppföljning|laglig grund|gällande bestämmelser"
        r"|samråd(?: och remiss)?|remiss|beslutsunderlag|underlag|handlingar i ärendet"
        r"|förslag och yrkanden|yrkanden?|propositionsordning|omröstning(?:sresultat)?|jäv"
        r"|reservation(?:er)?|särskil(?:t|da) yttranden?|protokollsanteckning(?:ar)?"
        r"|slutsats(?:er)?"
        r"|deltar inte i beslutet|deltagare|närvarande|nuläge|diskussion|(?:övriga )?frågor"
        r"|beslutsmotivering|beslutsgång|genomförande|resultat|analys|ärendets (?:gång|beredning)"
        r"|beredning(?: av ärendet)?|hur man överklagar|överklagande|besvärshänvisning"
    ),
}
HEADINGS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _HEADING_WORDS.items()}
# Headings that may also stand over somebody's proposal inside the story of a matter.
WEAK_PROPOSAL = re.compile(
    rf"{_WHOSE} (?:förslag|rekommendation|hemställan)|förslag|rekommendation(?:er)?|hemställan",
    re.IGNORECASE,
)
# What ends in a preposition may go on with its recipients on the same line.
RECIPIENTS_INLINE = re.compile(
    rf"(?:{_SENT} {_SENDS}{_WHY}? till|{_SENT}{_WHY}? till)(?=\s+[A-ZÅÄÖ])", re.IGNORECASE
)
# At the head of a document the same word says to whom it is written.
HEAD_LABELS = re.compile(r"mottagare|ärende|bilaga|förslag", re.IGNORECASE)
BODY_IN_HEADING = re.compile(
    rf"(?P<owner>(?:[\w-]+ (?:och )?){{0,3}}?{_BODIES})"
    r" (?:förslag|beslut|hemställan|rekommendation|ställningstagande)"
    rf"|beslut (?:i|av|från) (?P<decider>{_BODY})$",
    re.IGNORECASE,
)
TO_IN_HEADING = re.compile(
    rf"förslag till beslut (?:i|för|till) (?P<decider>{_BODY})$"
    rf"|förslag till (?P<owner>(?:[\w-]+ (?:och )?){{0,3}}?{_BODIES}) beslut$"
    rf"|(?:förslag|förslaget|hemställan|rekommendation) till (?!beslut)(?P<to>{_BODY})$",
    re.IGNORECASE,
)


def heading_kind(text: str) -> ZoneKind | None:
    """Which part of a document `text` opens when it is one of the known headings."""
    if len(text) > HEADING_MAX:
        return None
    bare = bare_heading(text)
    return next((kind for kind, words in HEADINGS.items() if words.fullmatch(bare)), None)


def bare_heading(text: str) -> str:
    """A heading without its number and colon."""
    return HEADING_NUMBER.sub("", text).removesuffix(":").strip()
