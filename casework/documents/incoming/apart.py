"""Looking at a stranger's file in a process of its own, which is all that the file can kill."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from casework.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 10  # of the processor
PATIENCE = 40  # by the clock, on a busy machine
MEMORY = 1024 * 1024 * 1024
TOO_LARGE = {"incoming_too_many_pages", "incoming_bomb", "incoming_too_much_text"}


def read_apart(module: str, data: bytes, kind: str, **limits: int) -> dict[str, Any]:
    """What `python -m module` answers about `data`; raises its refusal as Invalid or TooLarge.

    `kind` is what the sentence calls such a file, `limits` what else the sentence may say.
    """
    command = [sys.executable, "-P", "-m", module]
    try:
        run = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603 -- our own module; the file goes in as data
        answer: dict[str, Any] = json.loads(run.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Invalid("incoming_broken", kind=kind) from error
    refused = answer.get("refused")
    if refused in TOO_LARGE:
        raise TooLarge(refused, **limits)
    if refused:
        raise Invalid(str(refused), kind=kind)
    return answer


def answer_apart(read: Callable[[bytes], dict[str, Any]]) -> None:
    """In the process apart: read stdin, write the answer; a refusal keeps its code, and whatever
    else goes wrong means a broken file."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        answer = read(sys.stdin.buffer.read())
    except (Invalid, TooLarge) as refusal:
        answer = {"refused": refusal.code}
    except Exception:  # parsers raise of every kind on broken files
        answer = {"refused": "incoming_broken"}
    sys.stdout.write(json.dumps(answer))
