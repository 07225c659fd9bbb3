"""The living page /styleguide: every component with sample rows and words on when to use it."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask_babel import gettext as _

from casework.web.frame import Viewer
from casework.web.samples import samples

blueprint = Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
def show() -> str:
    """Everything on one page, in the frame of a signed-in person. Public: it holds no data."""
    g.viewer = Viewer(_("Nämndsekreteraren"), _("sekreterare"), "Region Exempel")
    return render_template("styleguide/index.html", **samples())
