"""The setting of a pack in a process of its own, which gives back its memory when it ends.

Run as a module it reads the pack's data on stdin, sets the template `pack` in a folder, writes
pack.pdf there, and answers `{}` or `{"refused": code, "params": {...}}`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from casework.documents.typeset import Typesetter
from casework.errors import Conflict, Invalid, Refusal

# The largest pack takes a minute or two.
SECONDS = 900


def set_pack(folder: Path, data: dict[str, Any]) -> bytes:
    """The PDF of `folder`/documents/pack/template.typ with `data`.

    Raises Invalid as `Typesetter.make` does, and Conflict (pack_not_set) where it gave up.
    """
    command = [sys.executable, "-P", "-m", "casework.documents.pack_setting", str(folder)]
    try:
        run = subprocess.run(  # noqa: S603 -- our own module; the data goes in as JSON
            command,
            input=json.dumps(data).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        answer = json.loads(run.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Conflict("pack_not_set") from error
    if "refused" in answer:
        raise Invalid(answer["refused"], **answer["params"])
    return (folder / "pack.pdf").read_bytes()


def main() -> None:
    """Read stdin, set the pack and answer."""
    folder = Path(sys.argv[1])
    try:
        made = Typesetter(folder).make("pack", json.load(sys.stdin))
    except Refusal as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.code, "params": refusal.params}))
        return
    (folder / "pack.pdf").write_bytes(made)
    sys.stdout.write("{}")


if __name__ == "__main__":
    main()
