"""Unseen values and changed shares, with rows of a fixed seed and of fixed counts."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline_code.runtime.drift_measures import Baseline, Limits


def numbers(name, values):
    sketch = {"data": [[float(value) for value in values]]}
    figures = {"min": min(values), "max": max(values)}
    return {
        "name": name,
        "numerical_statistics": {**figures, "distribution": {"kll": {"sketch": sketch}}},
    }


def texts(name, **counts):
    buckets = [{"value": value, "count": count} for value, count in counts.items()]
    shown = {"distribution": {"categorical": {"buckets": buckets}}}
    return {"name": name, "string_statistics": shown}


def compared(baseline, current, limits=None):
    return Baseline({"features": baseline}).compare({"features": current}, limits or Limits())


KNOWN = [numbers("size", range(1, 5001)), texts("kind", a=2500, b=2000, c=500)]


def test_equal_rows_have_no_findings():
    found = compared(KNOWN, KNOWN)
    assert found.findings == []
    assert found.unseen_share == found.changed_share == {"size": 0.0, "kind": 0.0}


def test_numbers_outside_the_range_are_unseen():
    current = numbers("size", [*range(1, 4751, 5), *range(-25, 0), *range(5001, 5026)])
    (found,) = compared(KNOWN, [current]).findings
    assert (found.column, found.measure, found.limit) == ("size", "unseen_share", 0.01)
    assert found.value == pytest.approx(0.05)
    assert found.where == "outside 1 to 5000"


def test_unknown_categories_are_unseen_and_named():
    current = texts("kind", a=475, b=380, c=95, x=20, y=10, z=10, zz=10)
    (found,) = compared(KNOWN, [current]).findings
    assert str(found) == (
        "kind: unseen_share 0.05 > 0.01 ('x', 'y', 'z' and 1 more: not in the baseline)"
    )


def test_a_tenth_of_the_rows_with_one_known_value_is_a_changed_share():
    # Model Monitor's distance is about 0.05 here, less than the limit of 0.1.
    current = numbers("size", [*range(1, 5001, 5)][:900] + [2500] * 100)
    found = {finding.measure: finding for finding in compared(KNOWN, [current]).findings}
    assert found.keys() == {"changed_share"}
    assert found["changed_share"].value == pytest.approx(0.1, abs=0.001)
    assert found["changed_share"].where == "share of = 2500: 0.02% before, 10.00% now"


def test_a_tenth_of_the_rows_with_one_category_is_a_changed_share():
    current = texts("kind", a=450, b=360, c=190)
    (found,) = compared(KNOWN, [current]).findings
    assert found.where == "share of 'c': 10.00% before, 19.00% now"
    assert (found.value, found.limit) == (pytest.approx(0.09), 0.04)


@pytest.mark.parametrize(
    ("rows", "limits", "finds"),
    [
        (1000, Limits(), True),
        (1000, Limits(changed_share=0.1), False),
        # So few rows: chance could change the share as much.
        (20, Limits(), False),
        (1000, Limits(false_alarm_rate=1e-12), False),
    ],
)
def test_a_finding_is_above_its_limit_and_significant(rows, limits, finds):
    current = texts("kind", a=rows * 9 // 20, b=rows * 9 // 25, c=rows * 19 // 100)
    assert bool(compared(KNOWN, [current], limits).findings) == finds


def test_more_comparisons_need_more_evidence():
    current = texts("kind", a=460, b=368, c=172)
    others = [texts(f"other {n}", **{f"v{m}": 50 for m in range(100)}) for n in range(20)]
    assert compared(KNOWN, [current], Limits(false_alarm_rate=1e-5)).findings
    assert not compared([*KNOWN, *others], [current], Limits(false_alarm_rate=1e-10)).findings


def test_values_of_higher_levels_count_more():
    sketch = {"data": [[], [], [float(value) for value in range(1, 5001, 4)]]}
    current = numbers("size", [1, 5000])
    current["numerical_statistics"]["distribution"]["kll"]["sketch"] = sketch
    found = compared(KNOWN, [current])
    assert found.findings == []
    assert found.changed_share["size"] < 0.001


@pytest.mark.parametrize(
    "current", [numbers("kind", [1, 2]), texts("size", x=1), texts("new", x=1)]
)
def test_columns_that_cannot_be_compared_are_omitted(current):
    found = compared(KNOWN, [current])
    assert (found.unseen_share, found.findings) == ({}, [])


def test_a_baseline_without_distributions_finds_nothing():
    assert compared([{"name": "a"}], KNOWN).findings == []


@pytest.mark.parametrize("rows", [200, 1000])
def test_rows_of_the_same_distribution_raise_no_alarm(rows):
    rng = np.random.default_rng(7)
    baseline = Baseline({"features": [numbers("size", rng.normal(size=5000))]})
    windows = [{"features": [numbers("size", rng.normal(size=rows))]} for _ in range(100)]
    assert not any(baseline.compare(each, Limits()).findings for each in windows)
