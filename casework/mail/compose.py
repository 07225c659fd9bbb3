"""Letters from templates: whole files per language, which a secretary can edit.

`templates/mail/<name>/subject.<language>.txt`, `body.<language>.txt`, `body.<language>.html`.
The templates are the organisation's own files and are therefore not trusted: they run in a
sandbox, and a variable that is not in the context is a fault, not an empty place. A letter that
is newer than the organisation's copy comes from the templates of the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from casework.config import shipped
from casework.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from casework.phrases import Language

_WEEKDAYS = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True)
class Composed:
    """A letter without addresses: its subject on one line, and the same text in two forms."""

    subject: str
    text: str
    html: str


def compose(
    templates_dir: Path, name: str, language: Language, context: Mapping[str, Any]
) -> Composed:
    """The letter `name` in `language`; `templates_dir` is the folder that holds `mail/`.

    Raises Invalid `mail_template_missing` or `mail_template_wrong` (unknown variable, fault in
    the template, something the sandbox forbids).
    """
    environment = _environment(templates_dir / "mail", language)

    def part(file: str) -> str:
        return _render(environment, f"{name}/{file}", context)

    return Composed(
        subject=" ".join(part(f"subject.{language}.txt").split()),
        text=part(f"body.{language}.txt").strip() + "\n",
        html=part(f"body.{language}.html"),
    )


def _render(
    environment: ImmutableSandboxedEnvironment, template: str, context: Mapping[str, Any]
) -> str:
    try:
        return environment.get_template(template).render(context)
    except TemplateNotFound as error:
        raise Invalid("mail_template_missing", template=str(error)) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise Invalid("mail_template_wrong", template=template, reason=str(error)) from error


@cache
def _environment(folder: Path, language: Language) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([folder, shipped("templates") / "mail"]),
        autoescape=lambda template: (template or "").endswith(".html"),
        undefined=StrictUndefined,
        finalize=_said,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["language"] = language
    environment.filters["weekday"] = lambda day: _weekday(day, language)
    environment.filters["file_size"] = lambda size: _file_size(size, language)
    return environment


def _said(value: Any) -> Any:
    """A letter never says None: what may be missing is asked for with `if` first."""
    if value is None:
        raise ValueError("None")
    return value


def _weekday(day: date | str, language: Language) -> str:
    return _WEEKDAYS[language][date.fromisoformat(str(day)).weekday()]


def _file_size(size: int, language: Language) -> str:
    """`size` in bytes as people read it, with a no-break space before the unit."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\N{NO-BREAK SPACE}kB"
    shown = f"{size / 1_000_000:.1f}"
    return (shown.replace(".", ",") if language == "sv" else shown) + "\N{NO-BREAK SPACE}MB"
