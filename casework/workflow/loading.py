"""The folder of workflow files as it is used: what holds, and what is refused with its faults.

A file that is refused stops nobody: what is under way goes on by the version that is kept, and
only what would begin by that file has to wait until it is mended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.workflow import definition as reading
from casework.workflow.reading import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.workflow.definition import Definition
    from casework.workflow.reading import Label


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A workflow file that nothing new begins by; `definition` is None where it cannot be read."""

    name: str
    faults: tuple[Fault, ...]
    definition: Definition | None = None

    @property
    def label(self) -> Label:
        """What the file calls itself, else its name."""
        if self.definition is not None:
            return self.definition.label
        return {"sv": self.name, "en": self.name}


@dataclass(frozen=True, slots=True)
class Files:
    """The workflows of a folder by name: each stands in one of the two."""

    usable: dict[str, Definition]
    refused: dict[str, RefusedFile]

    @property
    def faults(self) -> list[Fault]:
        """Every fault of every file."""
        return [fault for each in self.refused.values() for fault in each.faults]


def load(folder: Path, check: Callable[[Definition], list[Fault]]) -> Files:
    """Every `*.yaml` of a folder, read and checked. A name that two files claim is refused."""
    usable: dict[str, Definition] = {}
    refused: dict[str, RefusedFile] = {}
    for path in sorted(folder.glob("*.yaml")):
        definition, faults = _read(path)
        name = definition.name if definition else path.stem
        if definition is not None:
            faults = check(definition)
        other = usable.pop(name, None)
        if other is not None or name in refused:
            first = other.file if other else refused[name].faults[0].file
            taken = Fault(path.name, 0, "workflow_name_taken", {"name": name, "other": first})
            faults = [*(refused[name].faults if name in refused else ()), taken, *faults]
        if definition is None or faults:
            refused[name] = RefusedFile(name, tuple(faults), definition)
        else:
            usable[name] = definition
    return Files(usable, refused)


def _read(path: Path) -> tuple[Definition | None, list[Fault]]:
    try:
        return reading.read_definition(path.read_text(encoding="utf-8"), path.name), []
    except reading.DefinitionFaults as wrong:
        return None, wrong.faults
    except UnicodeDecodeError:
        return None, [Fault(path.name, 0, "workflow_not_utf8")]
    except OSError:  # closed to the program's user, a folder, a link that leads nowhere
        return None, [Fault(path.name, 0, "workflow_unreadable")]
