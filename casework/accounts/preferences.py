"""What the owner of an account has chosen for themself: the language of letters and calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.accounts.rights import require_open, require_owner
from casework.errors import Invalid

if TYPE_CHECKING:
    from casework.accounts.models import User
    from casework.context import Context

LANGUAGES = ("sv", "en")


def change_language(context: Context, user: User, language: str) -> None:
    """The language in which the account gets its letters.

    Raises Forbidden for all but the owner, administrators and the system, Invalid for another
    language, Conflict for a closed account.
    """
    require_owner(context, user)
    require_open(user)
    if language not in LANGUAGES:
        raise Invalid("language_unknown", language=language, known=list(LANGUAGES))
    if language != user.language:
        before, user.language = user.language, language
        context.record(user, "revised", before={"language": before}, after={"language": language})
