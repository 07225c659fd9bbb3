"""What a mail server says is told in words that anybody understands."""

from __future__ import annotations

import re

import pytest

from casework.mail import delivery, transports
from casework.mail.reasons import plain
from casework.phrases import sentence
from tests.house.source import ROOT

ADDRESS, LETTER, LATER = "mail_address_refused", "mail_letter_refused", "mail_put_off"


@pytest.mark.parametrize(
    ("code", "answer", "told"),
    [
        (
            ADDRESS,
            "550 5.1.1 <a@b.se>: Recipient rejected: User unknown",
            "address_unknown",
        ),
        (ADDRESS, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", "address_unknown"),
        (ADDRESS, "550 No such user here", "address_unknown"),
        (ADDRESS, "553 sorry, that domain isn't in my list", "address_unknown"),
        (ADDRESS, "552 5.2.2 Over quota", "mailbox_full"),
        (ADDRESS, "552 Requested mail action aborted: exceeded storage", "mailbox_full"),
        (ADDRESS, "550 5.2.1 The email account is disabled", "mailbox_closed"),
        (ADDRESS, "554 5.7.1 Relay access denied", "refused"),
        (ADDRESS, "550 5.7.26 unauthenticated sender", "refused"),
        (ADDRESS, "554 Transaction failed", "refused"),
        (LETTER, "552 5.3.4 Message size exceeds fixed limit", "too_large"),
        (LETTER, "552 too big", "too_large"),
        (LETTER, "550 5.7.1 Message rejected as spam", "refused"),
        (LETTER, "550 spam", "refused"),
        (LATER, "452 4.2.2 The recipient's inbox is out of storage space", "mailbox_full"),
        (LATER, "450 4.2.0 Greylisted, see example.org", "put_off"),
        (LATER, "421 4.4.2 Connection timed out", "no_connection"),
        (LATER, "451 try again", "put_off"),
    ],
)
def test_the_answer_is_read(code: str, answer: str, told: str) -> None:
    """RFC 3463's code goes before RFC 5321's figures; neither stands in the sentence."""
    reason = plain(code, {"answer": answer, "address": "a@b.se"})
    assert reason == f"reason_{told}"
    assert not re.search(r"\d", sentence(reason, {}, "sv"))


def test_every_failure_has_its_words() -> None:
    """Whatever a transport or the delivery can say is known by name, and has both languages."""
    source = "".join(
        (ROOT / "casework" / "mail" / f"{module.__name__.rpartition('.')[2]}.py").read_text()
        for module in (transports, delivery)
    )
    codes = set(re.findall(r'"(mail_[a-z_]+)"', source)) | {"mail_address_wrong"}
    assert len(codes) > 10
    for code in codes:
        reason = plain(code, {})
        assert reason != "reason_unknown", code
        assert sentence(reason, {}, "sv") != sentence(reason, {}, "en")


def test_what_nobody_knows_is_told_as_such() -> None:
    """A code of an older version, and no trouble at all."""
    assert plain("mail_failed", {}) == "reason_unknown"
    assert plain("", {}) == ""
