"""What every form carries, and the forms of the frame itself: signing in, acknowledging."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from casework.web.frame import given

if TYPE_CHECKING:
    from flask import Flask

# The names of those fields, and of what a script tells of the form: none of it was typed.
CSRF, ONCE = "csrf_token", "_once"
LABELS, DRAFT = "labels", "draft"
KEYS = {CSRF, ONCE, given.FIELD, LABELS}


def init(app: Flask) -> None:
    """Hand `form_keys` to every template: each form that posts begins with it."""
    app.jinja_env.globals["form_keys"] = form_keys


def form_keys() -> Markup:
    """The hidden fields that every form of ours posts beside what was typed: whose it is, to whom
    it was given, and a key that lets it be carried out once (`casework.web.frame.once`)."""
    keys = {
        CSRF: generate_csrf(),
        ONCE: secrets.token_urlsafe(18),
        given.FIELD: given.stamp(),
    }
    return Markup().join(_hidden(name, value) for name, value in keys.items())


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


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
