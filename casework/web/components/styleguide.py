"""The living pages /styleguide: every component with sample rows and words on when to use it."""

from __future__ import annotations

from flask import Blueprint, g, render_template, url_for
from flask_babel import gettext as _

from casework.web.components.samples import samples
from casework.web.frame.layout import Viewer
from casework.web.shapes import Link

blueprint = Blueprint("styleguide", __name__, url_prefix="/styleguide")


@blueprint.get("")
def show() -> str:
    """What is read."""
    return _drawn("index")


@blueprint.get("/forms")
def forms() -> str:
    """What is pressed and written in."""
    return _drawn("forms")


def _drawn(name: str) -> str:
    """A page of the guide, in the frame of a signed-in person. Public: it holds no data."""
    g.viewer = Viewer(_("Nämndsekreteraren"), _("sekreterare"), "Region Exempel")
    pages = [Link(_("Att läsa"), url_for(".show")), Link(_("Att skriva i"), url_for(".forms"))]
    return render_template(f"styleguide/{name}.html", guide_pages=pages, **samples())
