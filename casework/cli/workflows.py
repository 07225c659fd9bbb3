"""Commands about workflow files: check, show, migrate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casework.app import now, vocabulary
from casework.cli.speaking import language
from casework.cli.terminal import only_organisation, opened
from casework.config import load_settings
from casework.errors import BadRequest, Conflict, NotFound
from casework.phrases import sentence
from casework.schema import tables
from casework.workflow import diagram, versions
from casework.workflow.check import check
from casework.workflow.definition import DefinitionFaults, read_definition
from casework.workflow.loading import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.workflow.definition import Definition
    from casework.workflow.reading import Fault

FORMATS: dict[str, Callable[..., str]] = {
    "text": diagram.text,
    "mermaid": diagram.mermaid,
    "svg": diagram.svg,
}


@click.group()
def workflow() -> None:
    """Workflow files."""


@workflow.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def workflow_check(files: tuple[Path, ...]) -> None:
    """Read, check and prove workflow files (all, unless named); one line a fault, exit 1."""
    settings = load_settings()
    words = vocabulary(settings)
    faults: list[Fault] = []
    paths = files or sorted(settings.workflows_dir.glob("*.yaml"))
    for path in paths:
        try:
            faults += check(read_definition(_read(path), path.name), words)
        except DefinitionFaults as broken:
            faults += broken.faults
    for fault in faults:
        print(fault.sentence(language()))
    if not faults:
        print(sentence("workflows_hold", {"count": len(paths)}, language()))
    sys.exit(1 if faults else 0)


@workflow.command("show")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text")
@click.option("--subject", type=int, help="Mark the state of this matter, meeting or assignment.")
def workflow_show(name: str, form: str, subject: int | None) -> None:
    """Draw a workflow as text, Mermaid or SVG."""
    definition, state = _shown(name, subject)
    print(FORMATS[form](definition, current=state, language=language()))


@workflow.command("migrate")
@click.argument("name")
@click.option("--from", "from_version", type=int, required=True, help="The version to leave.")
@click.option("--map", "mapped", multiple=True, metavar="OLD=NEW", help="A state and its new name.")
@click.option("--apply", is_flag=True, help="Do it; without this, only say what would be done.")
def workflow_migrate(name: str, from_version: int, mapped: tuple[str, ...], apply: bool) -> None:
    """Move running subjects to the current version by an explicit state map."""
    casework = opened()
    to = casework.services.engine.definitions.current(name)
    state_map = dict(_pair(text) for text in mapped)
    model = _model(to.subject)
    with casework.database.read() as session:
        plan = versions.plan_migration(session, model, name, from_version, to, state_map)
    for (before, after), ids in plan.moves.items():
        print(f"{before} → {after}: {len(ids)} ({_ids(ids)})")
    for state, ids in plan.stuck.items():
        print(sentence("migration_would_stick", {"state": state, "ids": _ids(ids)}, language()))
    if plan.stuck:
        sys.exit(1)
    if apply:
        with casework.acting(only_organisation(casework), moment=now()) as context:

            def record(subject: Any, before: str, after: str) -> None:
                context.record(subject, "migrated", version=to.version, before=before, after=after)

            versions.migrate(context.session, model, name, from_version, to, state_map, record)


def _shown(name: str, subject_id: int | None) -> tuple[Definition, str | None]:
    if subject_id is None:
        files = load(load_settings().workflows_dir, lambda _definition: [])
        if name in files.refused:
            raise DefinitionFaults(list(files.refused[name].faults))
        if name not in files.usable:
            raise NotFound("workflow_not_here", name=name, known=sorted(files.usable))
        return files.usable[name], None
    casework = opened()
    definitions_of = casework.services.engine.definitions
    with casework.database.read() as session:
        subject = session.get(_model(definitions_of.latest(name).subject), subject_id)
        if subject is None or subject.workflow != name:
            raise NotFound("not_found")
        return definitions_of.get(name, subject.workflow_version), subject.state


def _model(subject: str) -> type[Any]:
    from casework.db import Base

    tables()
    for mapper in Base.registry.mappers:
        if mapper.class_.__tablename__ == subject:
            model: type[Any] = mapper.class_
            return model
    raise Conflict("workflow_subject_unknown", name=subject)


def _pair(text: str) -> tuple[str, str]:
    before, separator, after = text.partition("=")
    if not separator or not before or not after:
        raise BadRequest("state_map_wrong", text=text)
    return before, after


def _ids(ids: tuple[int, ...]) -> str:
    return ", ".join(map(str, ids[:20])) + (" …" if len(ids) > 20 else "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound("file_unreadable", path=str(path)) from error
