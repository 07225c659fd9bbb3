"""The forms of the frame itself: signing in and acknowledging an excerpt."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """E-mail address and password."""

    email = EmailField(
        _l("E-postadress"),
        validators=[DataRequired(_l("Skriv din e-postadress.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Lösenord"),
        validators=[DataRequired(_l("Skriv ditt lösenord.")), Length(max=1024)],
        render_kw={"autocomplete": "current-password"},
    )


class AcknowledgeForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """Who it is that has received the excerpt."""

    name = StringField(
        _l("Ditt namn"),
        description=_l("Visas för avsändaren tillsammans med tidpunkten."),
        validators=[DataRequired(_l("Skriv ditt namn.")), Length(max=200)],
        render_kw={"autocomplete": "name"},
    )
