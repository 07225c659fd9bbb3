"""What no workflow file can allow of a marked matter: that its excerpt goes by open mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.distribution.models import POST
from casework.distribution.ways import STATUTE, reached, way_of
from casework.workflow.blockers import Blocker

if TYPE_CHECKING:
    from casework.context import Context
    from casework.distribution.models import Dispatch
    from casework.matters.models import Matter


def ways_decided(context: Context, matter: Matter) -> Blocker | None:
    """Each recipient signs in or gets it by post, or a noted decision says otherwise."""
    if not matter.is_confidential:
        return None
    names = [each.recipient.name for each in reached(context, matter) if each.way is None]
    return _refused(names, "#ways") if names else None


def way_decided(context: Context, dispatch: Dispatch) -> Blocker | None:
    """What is sent again goes as was decided; what was decided to go by post is not mailed."""
    matter = dispatch.excerpt.matter
    if not matter.is_confidential:
        return None
    row = way_of(context.session, matter, dispatch.recipient_id)
    if row is None:
        return _refused([dispatch.recipient_name], "#otherwise")
    if row.way == POST:
        return Blocker("goes_by_post", {"name": dispatch.recipient_name}, STATUTE, "#otherwise")
    return None


def _refused(names: list[str], place: str) -> Blocker:
    return Blocker("open_mail_refused", {"names": names, "statute": STATUTE}, STATUTE, place)
