"""Where the time of a run went: by folder, by the wall clock and by the processor, at its end.

The processor's time is that of the test process and of the programs it waited for; PostgreSQL and
the browser work beside it and show in the wall clock alone.
"""

from __future__ import annotations

import resource
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass
class Spent:
    """Seconds, and the tests that took them."""

    tests: set[str] = field(default_factory=set)
    wall: float = 0.0
    processor: float = 0.0

    def add(self, report: pytest.TestReport) -> None:
        self.tests.add(report.nodeid)
        self.wall += report.duration
        self.processor += getattr(report, "processor", 0.0)

    def told(self, name: str) -> str:
        return f"{name:<16} {len(self.tests):>6} {self.wall:>9.1f} {self.processor:>10.1f}"


def used() -> float:
    """Seconds of processor so far, by this process and those it waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, whose))


BEGUN = pytest.StashKey[float]()


def pytest_collection_finish(session: pytest.Session) -> None:
    session.stash[BEGUN] = used()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the processor did since the report before; xdist carries it to the one who tells."""
    report = yield
    now = used()
    report.processor = now - item.session.stash[BEGUN]  # type: ignore[attr-defined]
    item.session.stash[BEGUN] = now
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each folder, the dearest first; nothing for a run of one folder."""
    folders: dict[str, Spent] = defaultdict(Spent)
    whole = Spent()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folders[_folder(report.nodeid)].add(report)
                whole.add(report)
    if len(folders) < 2:
        return
    terminalreporter.section("time by folder, in seconds")
    terminalreporter.line(f"{'':<16} {'tests':>6} {'by clock':>9} {'processor':>10}")
    for name, spent in sorted(folders.items(), key=lambda each: -each[1].wall):
        terminalreporter.line(spent.told(name))
    terminalreporter.line(whole.told("all"))


def _folder(nodeid: str) -> str:
    return nodeid.split("/")[1] if "/" in nodeid else nodeid
