"""A deployed and loaded laptop cloud for injected faults, and the list of their results.

Modules that interrupt deployments, or kill the server, have a laptop cloud of their own.
tests/scheduling.py gives the other modules to one worker, which deploys this one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from local_cloud.client import clear_faults, inject_fault, list_faults
from tests.faults.page import Row, row_of
from tests.faults.whole_run import PIPELINES
from tests.integration.laptop import Laptop, deployed


@dataclass(frozen=True)
class Faults:
    """The faults of a laptop cloud."""

    laptop: Laptop

    def inject(self, kind: str, **fields: Any) -> None:
        """Inject a fault; the fields are those of `Fault`."""
        answer = inject_fault(self.laptop.cloud(), {"kind": kind, **fields})
        assert "error" not in answer, answer["error"]

    def hits(self) -> list[dict[str, str]]:
        """Return the affected operations so far."""
        hits: list[dict[str, str]] = list_faults(self.laptop.cloud())["hits"]
        return hits

    def clear(self) -> None:
        """Remove all faults and hits."""
        clear_faults(self.laptop.cloud())


@pytest.fixture(scope="session")
def laptop(tmp_path_factory):
    """A laptop cloud with the pipelines of tickit and generated data."""
    with deployed(tmp_path_factory.mktemp("faults"), *PIPELINES) as laptop:
        yield laptop


@pytest.fixture
def faults(laptop):
    """The faults of the shared laptop cloud, which are removed after the test."""
    faults = Faults(laptop)
    yield faults
    faults.clear()


@dataclass
class _Outcome:
    """The results of the tests of one row, and their duration."""

    row: Row
    passed: bool = True
    seconds: float = 0.0


@dataclass
class _Outcomes:
    """The outcomes by test function, in the order of execution."""

    found: dict[str, _Outcome] = field(default_factory=dict)

    def note(self, report: pytest.TestReport) -> None:
        row = dict(report.user_properties).get(_ROW)
        if row is None or report.skipped:
            return
        name = report.location[2].partition("[")[0]
        outcome = self.found.setdefault(name, _Outcome(Row(**row)))
        outcome.passed &= report.passed
        outcome.seconds += report.duration

    def table(self) -> Table:
        table = Table("", "fault", "result", box=None, pad_edge=False)
        table.add_column("s", justify="right")
        for outcome in self.found.values():
            mark, row = "✓" if outcome.passed else "✗", outcome.row
            table.add_row(mark, row.what, row.sees, f"{outcome.seconds:.1f}")
        return table


_OUTCOMES = _Outcomes()
_ROW = "fault"


def pytest_collection_modifyitems(items):
    """Add the rows to the reports, which the workers send to the process that prints them."""
    for item in items:
        marker = item.get_closest_marker("fault")
        if marker is not None:
            row = row_of(marker.args, marker.kwargs)
            item.user_properties.append((_ROW, asdict(row)))


def pytest_runtest_logreport(report):
    _OUTCOMES.note(report)


def pytest_terminal_summary(terminalreporter):
    found = _OUTCOMES.found
    if not found:
        return
    terminalreporter.section("faults")
    console = Console(width=120, highlight=False)
    with console.capture() as shown:
        console.print(_OUTCOMES.table())
    terminalreporter.write(shown.get())
    as_documented = sum(outcome.passed for outcome in found.values())
    terminalreporter.write_line(f"{as_documented} of {len(found)} faults ended as documented")
