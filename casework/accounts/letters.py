"""The letters that carry a link to choose a password: they come from the organisation itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from casework.accounts.models import User
from casework.context import STOCKHOLM
from casework.mail.addresses import Mailbox
from casework.mail.compose import compose
from casework.mail.outbox import enqueue
from casework.people.models import Organisation

if TYPE_CHECKING:
    from datetime import datetime

    from casework.accounts.models import AccountLink
    from casework.context import Context
    from casework.mail.compose import Composed
    from casework.mail.models import Message
    from casework.phrases import Language

LETTERS = {"invite": "account_invited", "reset": "password_reset"}
# Below it stands the secret of the link, which the log writes nothing of.
PAGE = "/account/link"
HIDDEN = "…"
_SECRET = re.compile(rf"({PAGE}/)[\w-]+", re.ASCII)


@dataclass(frozen=True)
class Written:
    """What such a letter says; `link` is its whole address."""

    purpose: str
    first_name: str
    email: str
    link: str
    expires_at: datetime
    language: Language


def address_of(context: Context, secret: str) -> str:
    """The page that the secret opens."""
    return f"{context.services.settings.base_url}{PAGE}/{secret}"


def written(context: Context, letter: Written) -> Composed:
    """The letter, without anybody to send it to."""
    organisation = context.session.get(Organisation, context.organisation_id)
    until = letter.expires_at.astimezone(STOCKHOLM)
    return compose(
        context.services.settings.templates_dir,
        LETTERS[letter.purpose],
        letter.language,
        {
            "organisation": {"name": organisation.name if organisation else ""},
            "answer": {
                "email": organisation.email if organisation else "",
                "phone": organisation.phone if organisation else "",
                "page": "account",
            },
            "first_name": letter.first_name,
            "email": letter.email,
            "link": letter.link,
            "valid_until": until.date().isoformat(),
            "valid_until_time": until.strftime("%H.%M"),
        },
    )


def post(context: Context, user: User, link: AccountLink, composed: Composed) -> None:
    """Queue the letter of a link to the account's address, in the transaction that made it."""
    settings = context.services.settings
    organisation = context.session.get_one(Organisation, user.organisation_id)
    enqueue(
        context.session,
        organisation_id=user.organisation_id,
        key=f"account_link:{link.id}",
        to_name=user.person.name,
        to_address=user.email,
        composed=composed,
        moment=context.moment,
        sender=Mailbox(organisation.name, organisation.email or settings.sender),
        domain=urlsplit(settings.base_url).hostname or "localhost",
        reply_to=organisation.email,
        subject_type=user.__tablename__,
        subject_id=user.id,
    )


def forget_secret(message: Message) -> None:
    """The outbox keeps a letter that has left, but not the link that was for its reader alone."""
    if message.subject_type != User.__tablename__:
        return
    message.text = _SECRET.sub(rf"\1{HIDDEN}", message.text)
    message.html = _SECRET.sub(rf"\1{HIDDEN}", message.html)
