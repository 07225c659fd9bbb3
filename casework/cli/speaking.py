"""How a command speaks: the reader's language, one line a refusal, `--json` for programs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from casework.phrases import Language, sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.errors import Declined

USAGE = 2

Command = TypeVar("Command", bound="Callable[..., Any]")


def language() -> Language:
    """English for an English locale, else Swedish."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if locale.lower().startswith("en") else "sv"


def refused(refusal: Declined) -> NoReturn:
    """The refusal as one line on stderr, and exit code 2."""
    blockers = getattr(refusal, "blockers", [])
    lines = [blocker.sentence(language()) for blocker in blockers]
    print(" ".join(lines) or sentence(refusal.code, refusal.params, language()), file=sys.stderr)
    sys.exit(USAGE)


def json_option(command: Command) -> Command:
    """`--json`: for other programs."""
    return click.option("--json", "as_json", is_flag=True, help="For other programs.")(command)
