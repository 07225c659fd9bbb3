"""What is known of a dispatch, said as it is: a letter that left, a link that was fetched, a person
who confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from casework.distribution.models import SIGN_IN
from casework.mail.reasons import plain
from casework.phrases import sentence
from casework.web.components.showing import moment
from casework.web.frame.language import reader_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.distribution.models import Dispatch


def known(dispatch: Dispatch, *, in_brief: bool = False) -> list[str]:
    """Each thing that is known, the first that happened first; `in_brief` where there are many."""
    return list(_known(dispatch, in_brief=in_brief))


def reason(dispatch: Dispatch) -> str:
    """Why the letter did not arrive, in one plain sentence; "" if nothing is known to be wrong."""
    code = dispatch.reason or plain(dispatch.failure, {})
    return sentence(code, {}, reader_language()) if code else ""


def _known(dispatch: Dispatch, *, in_brief: bool) -> Iterator[str]:
    if dispatch.sent_at:
        yield _("Skickat %(when)s.", when=moment(dispatch.sent_at))
    if dispatch.otherwise_on:
        how = sentence(f"otherwise_{dispatch.otherwise_how}", {}, reader_language())
        yield _(
            "%(how)s %(day)s, av %(who)s.",
            how=how,
            day=dispatch.otherwise_on,
            who=dispatch.otherwise_by,
        )
    yield from _fetched(dispatch, in_brief=in_brief)
    if dispatch.acknowledged_at:
        yield _(
            "Mottagandet bekräftat %(when)s av %(who)s.",
            when=moment(dispatch.acknowledged_at),
            who=dispatch.acknowledged_by,
        )
    if dispatch.given_up_because:
        yield _("Uppgivet: %(reason)s", reason=dispatch.given_up_because)


def _fetched(dispatch: Dispatch, *, in_brief: bool) -> Iterator[str]:
    """That something asked for the link, and why it says little while nobody has confirmed."""
    first, last = dispatch.link_fetched_at, dispatch.link_last_fetched_at
    if first is None or last is None:
        return
    if dispatch.way == SIGN_IN:
        yield _("Läst efter inloggning, senast %(when)s.", when=moment(last))
        return
    if in_brief and not dispatch.acknowledged_at:
        yield _(
            "Länken har hämtats %(when)s (kan vara ett skyddsprogram hos mottagaren).",
            when=moment(last),
        )
        return
    if last == first:
        yield _("Länken har hämtats %(when)s.", when=moment(first))
    else:
        yield _(
            "Länken har hämtats, första gången %(first)s och senast %(last)s.",
            first=moment(first),
            last=moment(last),
        )
    if not dispatch.acknowledged_at:
        yield _(
            "Det kan vara ett skyddsprogram hos mottagaren som hämtade länken. Att någon har läst"
            " vet vi först när mottagandet är bekräftat."
        )
