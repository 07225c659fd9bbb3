"""The kinds of matter there are: one for each workflow file `<kind>-matter.yaml`, and no list in
code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.errors import Invalid

if TYPE_CHECKING:
    from casework.people.models import Body
    from casework.workflow.definition import Definition
    from casework.workflow.engine import Definitions
    from casework.workflow.reading import Fault, Label

SUFFIX = "-matter"
DECISION = "decision"


@dataclass(frozen=True, slots=True)
class MatterKind:
    """What a matter can be; one whose file has `faults` takes no new ones."""

    kind: str
    label: Label
    faults: tuple[Fault, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether new matters of the kind are taken."""
        return not self.faults

    @property
    def reasons(self) -> list[Label]:
        """Why it is not open, in both languages."""
        return [{"sv": each.sentence("sv"), "en": each.sentence("en")} for each in self.faults]


def workflow_of(kind: str) -> str:
    """The workflow that matters of the kind follow."""
    return f"{kind}{SUFFIX}"


def kind_of(body: Body) -> str:
    """What matters of the body commonly are."""
    return body.legal.matter_workflow.removesuffix(SUFFIX)


def matter_kinds(definitions: Definitions) -> list[MatterKind]:
    """Every kind, matters to decide first, those that take no new ones among them."""
    found = {
        name: MatterKind(name.removesuffix(SUFFIX), each.label, each.faults)
        for name, each in definitions.refused.items()
    }
    for each in definitions.of_subject("matter"):
        found.setdefault(each.name, MatterKind(each.name.removesuffix(SUFFIX), each.label))
    kinds = [each for name, each in found.items() if name.endswith(SUFFIX)]
    return sorted(kinds, key=lambda each: (each.kind != DECISION, each.kind))


def workflow_for(definitions: Definitions, kind: str) -> Definition:
    """What a new matter of the kind begins by; raises Invalid if there is no such kind, Conflict
    if its file is refused."""
    kinds = [each.kind for each in matter_kinds(definitions)]
    if kind not in kinds:
        raise Invalid("matter_kind_unknown", kind=kind, known=kinds)
    return definitions.current(workflow_of(kind))


def is_decided(definition: Definition) -> bool:
    """Whether a body decides such matters, as it must a motion or a citizen proposal (KL 5:35)."""
    return "decide" in definition.triggers()
