"""The rules of data contracts. A new rule is one function with the decorator `rule` or `compared`.

A rule yields a `Measured` for each value that it checks. Its name is in the report, and in the
message of the Fail step.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pipeline_code.runtime.data_contract import Data, Measured, Rule
from pipeline_code.runtime.data_profile import ColumnProfile, Profile
from pipeline_code.runtime.profile_comparison import (
    distance,
    mean_and_deviation,
    repeated_share,
    signal,
    unseen_share,
)

RULES: dict[str, Rule] = {}
# A column that explains less of the target's variance has no signal that could be lost.
SOME_SIGNAL = 0.05
# Of a text in a message.
MOST_CHARACTERS = 80

Comparison = Callable[[Data, Profile], Iterator[Measured]]


def rule(check: Rule) -> Rule:
    """Add a rule that needs only the data of the run."""
    RULES[check.__name__] = check
    return check


def compared(check: Comparison) -> Comparison:
    """Add a rule that compares with the approved version; without one, it yields nothing."""

    def compare(data: Data) -> Iterator[Measured]:
        return iter(()) if data.approved is None else check(data, data.approved)

    RULES[check.__name__] = compare
    return check


@rule
def rows(data: Data) -> Iterator[Measured]:
    yield _within("", data.current.rows, data.contract.least_rows, None)


@rule
def nulls(data: Data) -> Iterator[Measured]:
    nullable = data.contract.dataset.schema.nullable
    for name, column in data.current.columns.items():
        most = data.contract.nulls.get(name, 1.0 if name in nullable else 0.0)
        yield _within(name, column.nulls / data.current.rows, None, most)


@rule
def constant_column(data: Data) -> Iterator[Measured]:
    for name, column in data.current.columns.items():
        if name not in data.contract.constant:
            constant = column.least == column.most
            only = "no value" if column.least is None else f"only {_shown(column.least)}"
            found = only if constant else "several values"
            yield Measured(name, found, "several values", not constant)


@rule
def value_range(data: Data) -> Iterator[Measured]:
    for name, (least, most) in data.contract.ranges.items():
        column = data.current.columns.get(name)
        if column is not None and column.least is not None:
            yield _within(name, column.least, least, most)
            yield _within(name, column.most, least, most)


@rule
def target_mean(data: Data) -> Iterator[Measured]:
    given = data.contract.target_mean
    if given is not None:
        for place, name in enumerate(data.contract.dataset.targets):
            ends = given.get(name) if isinstance(given, Mapping) else given
            if ends is not None:
                mean, _ = mean_and_deviation(data.current.columns[name], place)
                yield _within(name, mean, *ends)


@rule
def repeated_keys(data: Data) -> Iterator[Measured]:
    key = ", ".join(data.contract.key)
    yield _within(key, repeated_share(data.current), None, data.contract.repeated)


@rule
def future_date(data: Data) -> Iterator[Measured]:
    days = data.contract.future_days
    # 9999-12-31 often represents "no end", and is the last date.
    last = str(date.fromordinal(min(data.today.toordinal() + days, date.max.toordinal())))
    for name, column in _dates(data.current):
        limit = f"at most {days} days after the day of the run"
        yield Measured(name, column.most, limit, column.most <= last)


@rule
def age_of_newest_date(data: Data) -> Iterator[Measured]:
    days = data.contract.newest_days
    if days is not None:
        first = str(data.today - timedelta(days))
        for name, column in _dates(data.current):
            limit = f"at most {days} days before the day of the run"
            yield Measured(name, column.most, limit, column.most >= first)


@rule
def days(data: Data) -> Iterator[Measured]:
    for name, column in _dates(data.current):
        yield _within(name, len(column.buckets), data.contract.least_days, None)


@rule
def days_without_rows(data: Data) -> Iterator[Measured]:
    for name, column in _dates(data.current):
        known = sorted(map(date.fromisoformat, column.buckets))
        gaps = [(later - day).days - 1 for day, later in zip(known, known[1:], strict=False)]
        yield _within(name, max(gaps, default=0), None, data.contract.longest_gap_days)


@compared
def rows_ratio(data: Data, approved: Profile) -> Iterator[Measured]:
    yield _within("", data.current.rows / approved.rows, *data.contract.rows_ratio)


@compared
def columns(data: Data, approved: Profile) -> Iterator[Measured]:
    for name in sorted({*approved.columns, *data.current.columns}):
        kinds = [
            profile.columns[name].kind if name in profile.columns else "missing"
            for profile in (data.current, approved)
        ]
        yield Measured(name, kinds[0], f"{kinds[1]} as in the approved version", len({*kinds}) == 1)


@compared
def stopped_dates(data: Data, approved: Profile) -> Iterator[Measured]:
    gap = timedelta(data.contract.longest_gap_days)
    for name, known in _dates(approved):
        column = data.current.columns.get(name)
        if column is not None and column.kind == "date" and column.most is not None:
            first = str(date.fromisoformat(known.most) - gap)
            yield Measured(name, column.most, f"at least {first}", column.most >= first)


@compared
def nulls_shift(data: Data, approved: Profile) -> Iterator[Measured]:
    for name, known in approved.columns.items():
        column = data.current.columns.get(name)
        if column is not None:
            change = abs(column.nulls / data.current.rows - known.nulls / approved.rows)
            yield _within(name, change, None, data.contract.nulls_shift)


@compared
def unseen_values(data: Data, approved: Profile) -> Iterator[Measured]:
    for name, known, column in _comparable(data, approved):
        yield _within(name, unseen_share(known, column), None, data.contract.unseen)


@compared
def shift(data: Data, approved: Profile) -> Iterator[Measured]:
    for name, known, column in _comparable(data, approved):
        most = data.contract.shifts.get(name, data.contract.shift)
        yield _within(name, distance(known, column), None, most)


@compared
def target_shift(data: Data, approved: Profile) -> Iterator[Measured]:
    for place, name in enumerate(data.contract.dataset.targets):
        before, deviation = mean_and_deviation(approved.columns[name], place)
        now, _ = mean_and_deviation(data.current.columns[name], place)
        unit = deviation if data.contract.dataset.positive is None else before
        change = abs(now - before) / unit if unit else 0.0
        yield _within(name, change, None, data.contract.target_shift)


@compared
def signal_of_target(data: Data, approved: Profile) -> Iterator[Measured]:
    targets = data.contract.dataset.targets
    inputs = [each for each in _comparable(data, approved) if each[0] not in targets]
    for place, target in enumerate(targets):
        explained = approved.columns[target], data.current.columns[target]
        for name, known, column in inputs:
            before = signal(known, explained[0], place)
            now = signal(column, explained[1], place)
            least = before * data.contract.least_signal if before >= SOME_SIGNAL else 0.0
            yield _within(name, now, least, before + data.contract.more_signal)


def _within(column: str, value: Any, least: Any, most: Any) -> Measured:
    """The value is allowed from `least` to `most`; None means that there is no such limit."""
    allowed = (least is None or least <= value) and (most is None or value <= most)
    ends = [("at least", least), ("at most", most)]
    limit = " and ".join(f"{words} {_shown(end)}" for words, end in ends if end is not None)
    return Measured(column, _shown(value), limit, allowed)


def _shown(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    return value[:MOST_CHARACTERS] if isinstance(value, str) else value


def _dates(profile: Profile) -> list[tuple[str, ColumnProfile]]:
    """The columns of dates with a value."""
    return [
        (name, column)
        for name, column in profile.columns.items()
        if column.kind == "date" and column.most is not None
    ]


def _comparable(
    data: Data, approved: Profile
) -> Iterator[tuple[str, ColumnProfile, ColumnProfile]]:
    """The columns of both with their profiles, without dates: new days are not a change."""
    for name, known in approved.columns.items():
        column = data.current.columns.get(name)
        if column is not None and known.buckets and known.kind == column.kind != "date":
            yield name, known, column
