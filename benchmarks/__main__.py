"""`python -m benchmarks [NAME...] [--json]`: run them and say whether each goal is reached."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import pkgutil
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

import benchmarks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.figure import Figure

    Benchmark = Callable[[], Figure | list[Figure]]

NO_BENCHMARKS = {"__main__", "demo_server", "document_files", "figure"}


def main() -> int:
    """0 if every goal is reached, 1 if one is missed, 2 for a name that does not exist."""
    known = names()
    options = _options(known)
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        print(f"No benchmark {', '.join(unknown)}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    figures = list(_run(options.names or known))
    if options.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
    else:
        Console().print(_table(figures))
    return 0 if all(figure.ok for figure in figures) else 1


def names() -> list[str]:
    """The modules that hold benchmarks."""
    found = {module.name for module in pkgutil.iter_modules(benchmarks.__path__)}
    return sorted(found - NO_BENCHMARKS)


def functions(name: str) -> list[Benchmark]:
    """The benchmarks of one module, in the order in which they stand there."""
    module = importlib.import_module(f"benchmarks.{name}")
    return [
        function
        for public, function in vars(module).items()
        if inspect.isfunction(function)
        and not public.startswith("_")
        and function.__module__ == module.__name__
        and function.__annotations__.get("return") in {"Figure", "list[Figure]"}
    ]


def _run(chosen: list[str]) -> Iterator[Figure]:
    progress = Console(stderr=True)
    for name in chosen:
        with progress.status(f"Measuring {name}"):
            for benchmark in functions(name):
                result = benchmark()
                yield from result if isinstance(result, list) else [result]


def _table(figures: list[Figure]) -> Table:
    table = Table("benchmark", "figure", "floor", "ratio", "goal", "")
    for figure in figures:
        numbers = (f"{number:.3g}" for number in (figure.figure, figure.floor, figure.ratio))
        table.add_row(figure.name, *numbers, figure.goal, "ok" if figure.ok else "MISSED")
    for column in table.columns[1:4]:
        column.justify = "right"
    return table


def _options(known: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
