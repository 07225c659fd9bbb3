"""What can be refused, and with which HTTP status.

    Refusal                 a person asked for something that cannot be done; one clear sentence
    ├── BadRequest     400  the request itself cannot be read
    ├── Forbidden      403  the person's role does not allow it
    ├── NotFound       404  no such thing, or none that this person may see
    ├── Conflict       409  the state of things does not allow it
    │   └── Blocked         a workflow step with all its blockers (casework.workflow.blockers)
    ├── Stale          412  somebody else has changed the row since it was read
    ├── TooLarge       413  more than the installation takes
    ├── Invalid        422  readable, but wrong in content
    └── Unseen         428  something has to be looked at first, and said which
    Unavailable        503  nothing is wrong with what was asked: the database or the disk is away,
                            or others are in the way

The second is no kind of the first: a page that mends what was refused has nothing to mend, and
lets it pass. Both are `Declined`, and told in the same way.

A refusal carries a code and parameters; the sentence is made when shown
(`casework.phrases.sentence`), in the reader's language. On the command line every refusal is
one line on stderr and exit code 2.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class Declined(Exception):
    """Something that was asked for and is not done, told in one sentence.

    `code` names a sentence in `casework/sentences/*.yaml`; `params` fill it in. `headers` go with
    the answer over HTTP.
    """

    status: ClassVar[int] = 400
    headers: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code}({details})"


class Refusal(Declined):
    """Something a person asked for that cannot be done."""


class BadRequest(Refusal):
    status = 400


class Forbidden(Refusal):
    status = 403


class NotFound(Refusal):
    status = 404


class Conflict(Refusal):
    status = 409


class Stale(Refusal):
    status = 412


class TooLarge(Refusal):
    status = 413


class Invalid(Refusal):
    status = 422


class Unseen(Refusal):
    status = 428


class Unavailable(Declined):
    """The installation cannot do it just now; the same may succeed in a while."""

    status = 503
    headers = MappingProxyType({"Retry-After": "10"})
