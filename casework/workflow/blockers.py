"""Why a step cannot be taken: values, not sentences; a list of them, and empty means go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from casework.errors import Conflict, Forbidden, NotFound, Refusal
from casework.phrases import Language, sentence


@dataclass(frozen=True)
class Blocker:
    """One reason. `place` says where it is mended, as a page section (`#recipients`)."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    statute: str = ""
    place: str = ""

    def sentence(self, language: Language = "sv") -> str:
        return sentence(self.code, self.params, language)


class Blocked(Conflict):
    """A step was refused; `blockers` holds every reason."""

    def __init__(self, trigger: str, blockers: list[Blocker]) -> None:
        super().__init__("blocked", trigger=trigger)
        self.blockers = blockers


class RoleBlocked(Blocked, Forbidden):
    """A step was refused for the person's role alone."""

    status = 403


class UnknownTrigger(NotFound):
    """No such step in the subject's workflow."""


def refusal(trigger: str, blockers: list[Blocker]) -> Refusal:
    """403 when nothing but the role is in the way, else 409."""
    only_role = all(blocker.code == "role_missing" for blocker in blockers)
    return (RoleBlocked if only_role else Blocked)(trigger, blockers)
