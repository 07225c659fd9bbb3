"""Why a letter did not arrive, in words that anybody understands: what the mail server said, read.

A server answers with three figures (RFC 5321, 4.2) and most often with an enhanced status code
(RFC 3463), such as `550 5.1.1`. The answer itself is kept with the letter, for those who ask.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWER = re.compile(r"(?P<figures>[2-5]\d\d)(?:[ -]+[245]\.(?P<status>\d{1,3}\.\d{1,3}))?\b")
# RFC 3463, 3: subject and detail of an enhanced status code.
_STATUS = {
    **dict.fromkeys(("1.1", "1.2", "1.3", "1.6", "1.10"), "reason_address_unknown"),
    "2.1": "reason_mailbox_closed",
    "2.2": "reason_mailbox_full",
    **dict.fromkeys(("2.3", "3.4"), "reason_too_large"),
    **dict.fromkeys(("4.1", "4.2", "4.3", "4.4"), "reason_no_connection"),
}
# RFC 5321, 4.2.3, where there is no enhanced code: about the address, and about the letter.
_ADDRESS = {
    **dict.fromkeys(("550", "551", "553"), "reason_address_unknown"),
    **dict.fromkeys(("452", "552"), "reason_mailbox_full"),
}
_LETTER = {"552": "reason_too_large"}
_OWN = {
    "mail_address_wrong": "reason_address_wrong",
    "mail_address_international": "reason_address_international",
    "mail_address_refused": "reason_address_unknown",
    "mail_attachment_missing": "reason_attachment_missing",
    "mail_broken_off": "reason_broken_off",
    "mail_gave_up": "reason_gave_up",
    "mail_letter_refused": "reason_refused",
    "mail_outcome_unknown": "reason_outcome_unknown",
    "mail_put_off": "reason_put_off",
    "mail_returned": "reason_returned",
    "mail_sealed": "reason_sealed",
    "mail_withdrawn": "reason_withdrawn",
    **dict.fromkeys(
        (
            "mail_folder_unwritable",
            "mail_server_silent",
            "mail_server_unfit",
            "mail_server_untrusted",
            "mail_sign_in_refused",
        ),
        "reason_no_connection",
    ),
}


def plain(code: str, params: Mapping[str, Any]) -> str:
    """The code of the sentence that says what is wrong; "" if nothing is.

    `code` and `params` are those of a `Failure`; a code that nobody knows is told as such.
    """
    if not code:
        return ""
    said = _ANSWER.match(str(params.get("answer", "")))
    if said is None:
        return _OWN.get(code, "reason_unknown")
    if said["status"]:
        subject = said["status"].partition(".")[0]
        policy = "reason_refused" if subject == "7" else ""
        return _STATUS.get(said["status"]) or policy or _by_figures(code, said["figures"])
    return _by_figures(code, said["figures"])


def _by_figures(code: str, figures: str) -> str:
    known = _LETTER if code == "mail_letter_refused" else _ADDRESS
    if code == "mail_address_refused" and figures not in known:
        return "reason_refused"
    return known.get(figures) or _OWN.get(code, "reason_unknown")
