"""What a matter with a secrecy mark is called where others than its own readers read.

A letter, a summons, a list of others', a refusal: the number stays (OSL 5:2), the title does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.phrases import sentence

if TYPE_CHECKING:
    from casework.phrases import Language

# Beside the number, in the place of a title.
SEALED = "(omfattas av sekretess)"


def sealed_name(number: str, language: Language = "sv") -> str:
    """`Ärende KS/12/2026 (omfattas av sekretess)`; without a `number` where that is hidden too."""
    return " ".join(sentence("matter_sealed", {"number": number}, language).split())


def in_every_language(number: str) -> dict[str, str]:
    """The same as a parameter of a sentence that is made when it is shown."""
    return {"sv": sealed_name(number, "sv"), "en": sealed_name(number, "en")}
