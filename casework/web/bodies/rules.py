"""The legal machinery of a body in words: each rule with its statute, read off its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

if TYPE_CHECKING:
    from casework.people.body_kinds import Law
    from casework.people.models import Body

    Rule = tuple[str, str, str]


def rules_of(body: Body) -> list[Rule]:
    """What the law and the rules of procedure say: name, meaning, statute."""
    law = body.legal.law
    return [
        *(_table(law) if law.quorum else []),
        (_("Kallelse"), _summons(body), law.summons_statute),
        (_("Dörrar"), _doors(law), law.doors_statute),
        (_("Justering"), _attestation(law), law.attestation_statute),
        (_("Anslag"), _notice(law), "KL 8:12" if law.has_notice else ""),
        (_("Överklagande"), _appeal(law), "KL 13:5" if law.has_appeal else ""),
    ]


def _table(law: Law) -> list[Rule]:
    """What binds those at the table; a body that only advises has no such rules."""
    quorum = _("Fler än hälften av ledamöterna ska vara närvarande.")
    recused = (
        _("Den som är jävig räknas inte som närvarande.")
        if law.recusal_counts
        else _("Ärendet får avgöras även om jäv gör att för få är kvar.")
    )
    referral = (
        _("Minst en tredjedel av de närvarande kan begära det; annars krävs majoritet.")
        if law.minority_referral
        else _("Kräver majoritet.")
    )
    late = (
        _("Bara om alla närvarande är överens.")
        if law.urgent_needs_all
        else _("Organet avgör om ärendet ska tas upp.")
    )
    return [
        (_("Beslutsförhet"), quorum, law.quorum_statute),
        (_("Jäv"), recused, law.recusal_statute),
        (_("Bordläggning och återremiss"), referral, law.referral_statute),
        (_("Ärende utanför kallelsen"), late, law.urgent_statute),
    ]


def _summons(body: Body) -> str:
    when: str = ngettext(
        "Minst %(num)s dag före sammanträdet, på en vardag.",
        "Minst %(num)s dagar före sammanträdet, på en vardag.",
        body.summons_days,
    )
    if body.legal.law.summons_binds:
        return f"{when} {_('Lagen sätter dagen, inte reglementet.')}"
    return when


def _doors(law: Law) -> str:
    text: str
    if law.open_doors:
        text = _("Öppet för allmänheten; enstaka ärenden kan behandlas bakom stängda dörrar.")
    elif law.has_notice:
        text = _("Stängda, om inte fullmäktige har medgett att de får vara öppna.")
    else:
        text = _("Organet bestämmer själv.")
    return text


def _attestation(law: Law) -> str:
    if law.attestation_days is None:
        return str(_("Minnesanteckningar som bekräftas av ordföranden."))
    return str(_("Senast %(days)s dagar efter sammanträdet.", days=law.attestation_days))


def _notice(law: Law) -> str:
    if law.has_notice:
        return str(_("Justeringen tillkännages på anslagstavlan."))
    return str(_("Inget anslag."))


def _appeal(law: Law) -> str:
    if law.has_appeal:
        return str(_("Laglighetsprövning inom tre veckor från tillkännagivandet."))
    return str(_("Organet fattar inga beslut som kan överklagas."))
