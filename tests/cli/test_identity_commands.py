"""What a body and the organisation are, by command: only what is given changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from casework.app import installation
from casework.audit.models import AuditEntry
from casework.cli.main import casework
from casework.config import load_settings
from casework.errors import Conflict, Invalid, NotFound, Refusal
from casework.people.models import Body, Organisation, Person
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., str]

ADD = ("body", "add", "Regionala utvecklingsnämnden", "--short-name", "RUN", "--kind", "committee")


def at(folder: Path) -> Run:
    """`run("body", "edit", ...)` gives what was printed, or raises what was refused."""

    def go(*arguments: str, **environ: str) -> str:
        here = {"CASEWORK_DATA_DIR": str(folder), **environ}
        result = CliRunner().invoke(casework, list(arguments), env=here)
        if isinstance(result.exception, Refusal):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output.strip()

    go(*ADD, "--series", "RUN", "--organisation", "Region Exempel")
    return go


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command in a fresh folder with one body."""
    return at(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same for what is refused, and changes nothing."""
    return at(tmp_path_factory.mktemp("shared"))


def stored(model: Any, tmp_path: Path) -> Any:
    """The one row of the table, and the details of its record."""
    opened = installation(load_settings({"CASEWORK_DATA_DIR": str(tmp_path)}))
    with opened.database.read() as session:
        row = session.scalars(select(model)).one()
        entries = select(AuditEntry).filter_by(subject_type=model.__tablename__, action="revised")
        details = [each.detail for each in session.scalars(entries.order_by(AuditEntry.id))]
    opened.database.close()
    return row, details


def test_a_body_is_edited(run: Run, tmp_path: Path) -> None:
    """Each fact by its option; the register series stays, and the record has what stood before."""
    given = {
        "name": "Nämnden för tillväxt",
        "short_name": "NFT",
        "unit": "Tillväxt",
        "email": "nft@region.example",
        "address": "Box 1, 831 27 Östersund",
        "phone": "063-00 00 00",
        "proposal_heading": "Direktörens förslag",
        "decision_style": "att",
        "proposer": "Direktören",
    }
    options = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    assert run("body", "edit", "RUN", *options) == "NFT"
    assert run("body", "edit", "NFT", "--phone", "") == "NFT"
    body, [first, second] = stored(Body, tmp_path)
    assert {name: getattr(body, name) for name in given} == given | {"phone": ""}
    assert (body.series_code, first["after"]) == ("RUN", given)
    assert first["before"]["name"] == "Regionala utvecklingsnämnden"
    assert second == {"before": {"phone": "063-00 00 00"}, "after": {"phone": ""}}


def test_the_organisation_is_edited(run: Run, tmp_path: Path) -> None:
    """Its name too: later commands find it by the new one."""
    new_name = ("organisation", "edit", "--name", "Region Nya", "--short-name", "RN")
    assert run(*new_name, "--email", "region@nya.example") == "Region Nya"
    row, [detail] = stored(Organisation, tmp_path)
    assert (row.name, row.short_name, row.email, row.phone) == (
        "Region Nya",
        "RN",
        "region@nya.example",
        "",
    )
    assert detail["before"] == {
        "name": "Region Exempel",
        "short_name": "Region Exempel",
        "email": "",
    }
    again = ("body", "add", "Fullmäktige", "--short-name", "RF", "--kind", "assembly")
    assert run(*again, "--organisation", "Region Nya") == "RF"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("body", "edit", "RUN"), "nothing_to_change"),
        (("organisation", "edit"), "nothing_to_change"),
        (("body", "edit", "RUN", "--email", "run@"), "mail_address_wrong"),
        (("body", "edit", "RUN", "--name", " "), "body_name_missing"),
        (("body", "edit", "RUN", "--short-name", "R/N"), "short_name_wrong"),
        (("body", "edit", "RUN", "--proposal-heading", ""), "fact_missing"),
        (("organisation", "edit", "--name", ""), "fact_missing"),
        (("organisation", "edit", "--phone", "0" * 51), "fact_wrong"),
        (("body", "edit", "KS", "--phone", "1"), "body_unknown"),
    ],
)
def test_what_does_not_do_is_refused_in_a_sentence(
    shared: Run, arguments: tuple[str, ...], code: str
) -> None:
    """Nothing given, nothing there, or nothing that can stand in a letter."""
    with pytest.raises((Invalid, NotFound), match=code) as refused:
        shared(*arguments)
    assert "{" not in sentence(code, refused.value.params, "sv")


def test_a_second_organisation_is_refused_as_the_help_says(shared: Run) -> None:
    """One organisation an installation; whoever has renamed it is shown the way."""
    with pytest.raises(Conflict, match="organisation_other") as refused:
        shared(*ADD, "--organisation", "Kommunen")
    said = sentence("organisation_other", refused.value.params, "sv")
    assert "en enda organisation" in said
    assert "Region Exempel" in said
    assert "casework organisation edit" in said
    for command in ("body", "user"):
        assert "An installation has one" in " ".join(shared(command, "add", "--help").split())


def test_a_wrong_sender_stops_the_start(shared: Run) -> None:
    """With one sentence that names the setting."""
    with pytest.raises(Invalid, match="setting_wrong") as refused:
        shared("body", "edit", "RUN", "--unit", "U", CASEWORK_MAIL_FROM="region.example")
    assert refused.value.params["name"] == "CASEWORK_MAIL_FROM"


def test_what_is_typed_passes_the_door(run: Run, tmp_path: Path) -> None:
    """Invisible characters, odd spaces and parted accents are not kept, whatever the option."""
    odd = "Na\u0308mnden\u200b fo\u0308r\u2003till\xadväxt\r\n\x7f"
    run("body", "edit", "RU\u200bN", "--name", odd, "--phone", "\u202e010-1", "--unit", odd)
    body, _details = stored(Body, tmp_path)
    assert (body.name, body.unit, body.phone) == ("Nämnden för tillväxt",) * 2 + ("010-1",)
    run("organisation", "edit", "--address", odd)
    assert stored(Organisation, tmp_path)[0].address == "Nämnden för tillväxt"
    email = "anna\u200b@example.org"
    run("user", "add", email, "--name", odd, "--title", odd, "--role", "registr\xadar")
    person, _details = stored(Person, tmp_path)
    assert (person.name, person.title) == ("Nämnden för tillväxt",) * 2
    assert person.email == "anna@example.org"
