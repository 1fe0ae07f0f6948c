"""Distances between data sets, compared with computed values and with the analyzer."""

import math

import pytest

from pipeline_code.runtime.drift import distances


def numeric(name, *levels):
    sketch = {"data": list(levels)}
    return {"name": name, "numerical_statistics": {"distribution": {"kll": {"sketch": sketch}}}}


def text(name, **counts):
    buckets = [{"value": value, "count": count} for value, count in counts.items()]
    shown = {"distribution": {"categorical": {"buckets": buckets}}} if buckets else {}
    return {"name": name, "string_statistics": {"distinct_count": len(buckets), **shown}}


def between(baseline, current):
    return distances({"features": [baseline]}, {"features": [current]})


def test_equal_distributions_are_not_apart():
    values = [float(number) for number in range(500)]
    assert between(numeric("a", values), numeric("a", values)) == {"a": 0.0}
    assert between(text("a", x=500, y=500), text("a", x=5, y=5)) == {"a": 0.0}


def test_the_distance_of_numbers_is_less_what_chance_may_do():
    # Half of the first values are below all second values.
    first = numeric("a", [1.0] * 500 + [3.0] * 500)
    second = numeric("a", [2.0] * 1000)
    assert between(first, second)["a"] == pytest.approx(0.5 - 1.8 * math.sqrt(2000 / 1e6))


def test_a_value_of_a_higher_level_counts_more_often():
    exact = numeric("a", [1.0] * 800 + [2.0] * 800)
    sketched = numeric("a", [], [], [], [1.0] * 100 + [2.0] * 100)
    assert between(exact, sketched) == {"a": 0.0}


def test_the_distance_of_categories_is_that_of_the_share_that_changed_most():
    found = between(text("a", x=700, y=200, z=100), text("a", x=300, y=700))
    assert found["a"] == pytest.approx(0.5 - 1.8 * math.sqrt(2000 / 1e6))


@pytest.mark.parametrize(
    ("baseline", "current"),
    [
        (text("a"), text("a", x=1)),
        (text("a", x=1), text("a")),
        (text("a", x=1), numeric("a", [1.0])),
        (numeric("b", [1.0]), numeric("a", [1.0])),
    ],
)
def test_what_cannot_be_compared_has_no_distance(baseline, current):
    assert between(baseline, current) == {}


def test_it_agrees_with_the_analysis():
    """The two share no code: one runs in jobs, the other in the laptop cloud."""
    from local_cloud.sagemaker.containers.model_monitor_analyzer import distance

    first = [float(number * number % 97) for number in range(5000)]
    second = [float(number * number % 89) for number in range(700)]
    levels = [distance.sketch_levels(values) for values in (first, second)]
    theirs = distance.numeric_distance(*map(distance.sketch_of, levels), robust=True)
    assert theirs > 0
    ours = between(numeric("a", *levels[0]), numeric("a", *levels[1]))
    assert ours["a"] == pytest.approx(theirs)
