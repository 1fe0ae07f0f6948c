"""Two runs side by side: outcome, parameters, data, measured values, gates, steps, origin, cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from execution_reader.gates import Gate
from html_pages.formats import duration, moment, number, signed
from run_report.facts import Facts
from run_report.named_values import named_values
from run_report.row_counts import row_counts

Pair = tuple[Facts, Facts]
# Properties that each run has for itself.
_OF_ONE_RUN = frozenset({"execution_id", "run_report"})


@dataclass(frozen=True)
class Row:
    """What both runs have for a name; None for what a run does not have."""

    name: str
    a: str | None
    b: str | None
    difference: str = ""
    is_expected: bool = False

    @property
    def differs(self) -> bool:
        """Whether the runs differ where equal runs would not."""
        return self.a != self.b and not self.is_expected


@dataclass(frozen=True)
class Section:
    """A table of a comparison."""

    identifier: str
    name: str
    caption: str
    rows: tuple[Row, ...]


def compare(both: Pair) -> list[Section]:
    """Return the sections for which a run has facts."""
    sections = (
        Section("runs", "Runs", "What ran, and how it ended", tuple(_outcome(both))),
        Section("parameters", "Parameters", "Parameters that differ from the defaults in a run",
                _texts(*map(_parameters, both))),
        Section("rows", "Data", "Rows in and out", _numbers(*map(row_counts, both))),
        Section("metrics", "Metrics", "Measured values", _numbers(*map(_measured, both))),
        Section("gates", "Gates", "The conditions with their values", _texts(*map(_gates, both))),
        Section("steps", "Steps", "States and durations",
                _texts(*map(_steps, both), is_expected=True)),
        Section("lineage", "Lineage", "Properties with which models are registered",
                _texts(*map(_origin, both))),
        _cost(both),
    )  # fmt: skip
    return [each for each in sections if each.rows]


def _outcome(both: Pair) -> Iterator[Row]:
    a, b = both
    yield Row("Pipeline", a.pipeline, b.pipeline)
    yield Row("Status", a.status, b.status)
    yield Row("Started", moment(a.started), moment(b.started), is_expected=True)
    yield Row("Started by", a.started_by, b.started_by)
    longer = signed(b.seconds - a.seconds) + " s"
    yield Row("Duration", duration(a.seconds), duration(b.seconds), longer, is_expected=True)
    yield Row("Version", _version(a), _version(b), is_expected=True)


def _version(facts: Facts) -> str | None:
    return str(facts.package.version) if facts.package else None


def _parameters(facts: Facts) -> Mapping[str, str]:
    return {each.name: each.value for each in facts.parameters}


def _measured(facts: Facts) -> Mapping[str, float]:
    return {
        name: value
        for document in facts.documents.values()
        for name, value in named_values(document)
    }


def _gates(facts: Facts) -> Mapping[str, str]:
    return {gate.step: _gate(gate) for gate in facts.gates}


def _gate(gate: Gate) -> str:
    compared = ", ".join(
        f"{number(each.left_value)} {each.sign} {number(each.right_value)}"
        for each in gate.comparisons
    )
    return f"{'holds' if gate.outcome else 'does not hold'}: {compared}"


def _steps(facts: Facts) -> Mapping[str, str]:
    return {
        each.name: f"{each.status}, reused"
        if each.reused_from
        else f"{each.status}, {duration(each.seconds(facts.read_at))}"
        for each in facts.steps
    }


def _origin(facts: Facts) -> Mapping[str, str]:
    return {name: value for name, value in facts.properties.items() if name not in _OF_ONE_RUN}


def _cost(both: Pair) -> Section:
    """Return the known cost of each run; a job without a price is not in it."""
    a, b = (sum(line.usd or 0.0 for line in facts.costs) for facts in both)
    row = Row("Jobs", f"{a:.4f}", f"{b:.4f}", signed(b - a), is_expected=True)
    caption = "US dollars of the jobs, at the prices of the table"
    return Section("cost", "Cost", caption, (row,))


def _texts(
    a: Mapping[str, str], b: Mapping[str, str], *, is_expected: bool = False
) -> tuple[Row, ...]:
    return tuple(
        Row(name, a.get(name), b.get(name), is_expected=is_expected) for name in {**a, **b}
    )


def _numbers(a: Mapping[str, float], b: Mapping[str, float]) -> tuple[Row, ...]:
    return tuple(
        Row(
            name,
            number(a[name]) if name in a else None,
            number(b[name]) if name in b else None,
            signed(b[name] - a[name]) if name in a and name in b else "",
        )
        for name in {**a, **b}
    )
