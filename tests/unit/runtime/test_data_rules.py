"""Each rule of a data contract fails for the data that it is for, and names value and limit."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline_code.runtime.data_contract import Contract, Data, report_on
from pipeline_code.runtime.data_profile import ColumnProfile, Profile
from pipeline_code.runtime.data_rules import RULES
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.schema import DATE, FLOAT, STRING, Column, Schema

DATASET = Dataset(
    Schema((Column("sold", FLOAT), Column("day", DATE), Column("kind", STRING))), "sold"
)
SOLD = ColumnProfile("number", 0, 1, 3, {"1": [1_000, 1_000.0], "3": [1_000, 3_000.0]})
DAY = ColumnProfile(
    "date", 0, "2026-01-01", "2026-01-03", {
        "2026-01-01": [1_000, 2_000.0], "2026-01-03": [1_000, 2_000.0]
    },
)  # fmt: skip
KIND = ColumnProfile("text", 0, "a", "b", {"a": [1_000, 1_500.0], "b": [1_000, 2_500.0]})
COLUMNS = {"sold": SOLD, "day": DAY, "kind": KIND}
CLEAN = Profile(2_000, {"00": 1, "01": 1}, COLUMNS)
TODAY = date(2026, 1, 4)


def report(current, approved=None, *, today=TODAY, **limits):
    contract = Contract(**{"dataset": DATASET, **limits})
    return report_on(Data(contract, current, approved, today), RULES)


def failures(*arguments, **limits):
    return [
        (each["rule"], each["column"], each["value"], each["limit"])
        for each in report(*arguments, **limits)["failed"]
    ]


def changed(**columns):
    return Profile(CLEAN.rows, CLEAN.keys, {**COLUMNS, **columns})


def test_clean_data_fail_no_rule():
    assert failures(CLEAN) == failures(CLEAN, CLEAN) == []


def test_the_last_date_can_be_allowed():
    end = ColumnProfile("date", 0, "2026-01-01", "9999-12-31", {"9999-12-31": [2_000, 4_000.0]})
    limits = {"future_days": 10_000_000, "least_days": 1}
    assert failures(changed(day=end), **limits) == []


def test_the_declaration_decides_whether_values_may_be_missing():
    some = changed(kind=ColumnProfile("text", 500, "a", "b", KIND.buckets))
    nothing = changed(kind=ColumnProfile("text", 2_000))
    schema = DATASET.schema
    nullable = Dataset(
        Schema((*schema.columns[:2], Column("kind", STRING, nullable=True))), DATASET.target
    )
    assert ("nulls", "kind", 0.25, "at most 0.0") in failures(some)
    assert failures(some, dataset=nullable) == []
    assert failures(nothing, dataset=nullable) == [
        ("constant_column", "kind", "no value", "several values")
    ]
    assert failures(nothing, dataset=nullable, constant=frozenset({"kind"})) == []
    assert failures(some, CLEAN, dataset=nullable) == [("nulls_shift", "kind", 0.25, "at most 0.1")]


@pytest.mark.parametrize(
    ("current", "limits", "failure"),
    [
        (Profile(10, CLEAN.keys, COLUMNS), {}, ("rows", "", 10, "at least 1000")),
        (
            changed(kind=ColumnProfile("text", 500, "a", "b", KIND.buckets)),
            {"nulls": {"kind": 0.1}},
            ("nulls", "kind", 0.25, "at most 0.1"),
        ),
        (
            changed(kind=ColumnProfile("text", 0, "a", "a", {"a": [2_000, 4_000.0]})),
            {},
            ("constant_column", "kind", "only a", "several values"),
        ),
        (
            CLEAN,
            {"ranges": {"sold": (0, 2)}},
            ("value_range", "sold", 3, "at least 0 and at most 2"),
        ),
        (
            CLEAN,
            {"target_mean": (3.0, 4.0)},
            ("target_mean", "sold", 2.0, "at least 3.0 and at most 4.0"),
        ),
        (
            Profile(2_000, {"00": 2, "01": 1}, COLUMNS),
            {"key": ("day", "kind")},
            ("repeated_keys", "day, kind", 0.3333, "at most 0.0"),
        ),
        (
            changed(day=ColumnProfile("date", 0, "2026-01-01", "9999-12-31", DAY.buckets)),
            {},
            ("future_date", "day", "9999-12-31", "at most 0 days after the day of the run"),
        ),
        (
            CLEAN,
            {"newest_days": 0},
            ("age_of_newest_date", "day", "2026-01-03", "at most 0 days before the day of the run"),
        ),
        (CLEAN, {"least_days": 3}, ("days", "day", 2, "at least 3")),
        (CLEAN, {"longest_gap_days": 0}, ("days_without_rows", "day", 1, "at most 0")),
    ],
)
def test_absolute_rules(current, limits, failure):
    assert failures(current, **limits) == [failure]


@pytest.mark.parametrize(
    ("current", "failure"),
    [
        (
            Profile(1_500, CLEAN.keys, COLUMNS),
            ("rows_ratio", "", 0.75, "at least 0.8 and at most 1.5"),
        ),
        (
            Profile(2_000, CLEAN.keys, {"sold": SOLD, "day": DAY}),
            ("columns", "kind", "missing", "text as in the approved version"),
        ),
        (
            changed(
                day=ColumnProfile("date", 0, "2025-12-01", "2025-12-03", {
                    "2025-12-01": [1_000, 2_000.0], "2025-12-03": [1_000, 2_000.0]
                })
            ),
            ("stopped_dates", "day", "2025-12-03", "at least 2025-12-20"),
        ),
        (
            changed(
                kind=ColumnProfile("text", 0, "a", "c", {
                    "a": [1_000, 1_500.0], "b": [900, 2_250.0], "c": [100, 250.0]
                })
            ),
            ("unseen_values", "kind", 0.05, "at most 0.01"),
        ),
        (
            changed(
                kind=ColumnProfile("text", 0, "a", "b", {
                    "a": [600, 750.0], "b": [1_400, 3_250.0]
                })
            ),
            ("shift", "kind", 0.1431, "at most 0.1"),
        ),
        (
            changed(
                sold=ColumnProfile("number", 0, 1, 3, {
                    "1": [850, 850.0], "3": [1_150, 3_900.0]
                })
            ),
            ("target_shift", "sold", 0.375, "at most 0.25"),
        ),
        (
            changed(
                kind=ColumnProfile("text", 0, "a", "b", {
                    "a": [1_000, 2_000.0], "b": [1_000, 2_000.0]
                })
            ),
            ("signal_of_target", "kind", 0.0, "at least 0.1248 and at most 0.4496"),
        ),
    ],
    ids=["rows_ratio", "columns", "stopped_dates", "unseen", "shift", "target_shift", "signal"],
)  # fmt: skip
def test_rules_that_compare_with_the_approved_version(current, failure):
    assert failure in failures(current, CLEAN)
    assert failures(current) == []


def test_a_class_is_compared_with_its_share():
    dataset = Dataset(DATASET.schema, "kind", positive="b")
    halves = (
        ColumnProfile("text", 0, "a", "b", {"a": [2_000 - n, 0.0], "b": [n, float(n)]})
        for n in (100, 50)
    )
    before, after = (Profile(2_000, CLEAN.keys, {"kind": column}) for column in halves)
    found = report_on(Data(Contract(dataset=dataset), after, before, TODAY), RULES)["failed"]
    assert [(each["rule"], each["value"]) for each in found] == [("target_shift", 0.5)]


def test_the_message_has_the_first_findings_and_their_number():
    message = report(CLEAN, least_rows=5_000, least_days=9, ranges={"sold": (5, 9)})["message"]
    assert message == (
        "rows: 2000, allowed is at least 5000; "
        "value_range of sold: 1, allowed is at least 5 and at most 9; "
        "value_range of sold: 3, allowed is at least 5 and at most 9; and 1 more"
    )


def test_a_long_text_is_shortened():
    name = "x" * 60_000
    constant = ColumnProfile("text", 0, name, name, {name: [2_000, 4_000.0]})
    assert len(report(changed(kind=constant))["message"]) < 200


def test_the_digest_is_that_of_data_limits_and_approved_version_and_not_of_the_day():
    first = report(CLEAN, newest_days=0)["digest"]
    assert report(CLEAN, newest_days=0, today=date(2026, 2, 1))["digest"] == first
    other = Profile(2_001, CLEAN.keys, COLUMNS)
    digests = {
        first,
        report(CLEAN, newest_days=1)["digest"],
        report(other, newest_days=0)["digest"],
        report(CLEAN, CLEAN, newest_days=0)["digest"],
        report(CLEAN, other, newest_days=0)["digest"],
    }
    assert len(digests) == 5
