"""The command that asks the legal calendar, which needs neither database nor web."""

from __future__ import annotations

import json

import click

from casework.cli.speaking import json_option, language
from casework.deadlines.calendar import LEGAL_RULES, due, parse_day, to_json
from casework.phrases import sentence


@click.command(help=f"A legal date: RULE is one of {', '.join(LEGAL_RULES)}; DATE starts it.")
@click.argument("rule")
@click.argument("day", metavar="DATE")
@json_option
def deadline(rule: str, day: str, as_json: bool) -> None:
    found = due(rule, parse_day(day))
    if as_json:
        print(json.dumps(to_json(found), ensure_ascii=False))
    else:
        shown = to_json(found) | {"unshifted": found.raw.isoformat()}
        print(sentence("deadline_due", shown, language()))
