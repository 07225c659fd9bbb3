"""Commands about the record: verify."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from casework.audit.verify import verify
from casework.cli.speaking import json_option, language
from casework.cli.terminal import opened
from casework.phrases import sentence


@click.group()
def audit() -> None:
    """The record of everything that happened."""


@audit.command("verify")
@json_option
def audit_verify(as_json: bool) -> None:
    """Prove the whole record; exit 1 at the first break, naming it."""
    installation = opened()
    with installation.database.read() as session:
        result = verify(session, installation.services.audit.key)
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False))
    elif result.breaks:
        first = result.breaks[0]
        print(sentence(first.code, {"place": first.place}, language()))
    else:
        params = {"chains": result.chains, "entries": result.entries, "anchors": result.anchors}
        print(sentence("audit_whole", params, language()))
    sys.exit(1 if result.breaks else 0)
