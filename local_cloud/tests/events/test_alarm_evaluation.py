"""The state of an alarm for its data points, with the examples of the CloudWatch user guide."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from moto.cloudwatch.models import MetricAggregatedDatum, MetricDatum

from local_cloud.events.alarms.alarm_evaluation import next_state
from local_cloud.events.alarms.alarm_rule import AlarmRule
from local_cloud.events.alarms.datapoints import Series, datapoints, key_of
from local_cloud.events.alarms.state_reasons import reason, reason_data

NOW = datetime(2019, 10, 2, 17, 4, 40, 985000, tzinfo=UTC)


def rule(**changes):
    settings = {
        "namespace": "AWS/EC2",
        "metric_name": "CPUUtilization",
        "dimensions": frozenset({("InstanceId", "i-1")}),
        "statistic": "Average",
        "unit": None,
        "period": 300,
        "evaluation_periods": 1,
        "datapoints_to_alarm": 1,
        "threshold": 50.0,
        "comparison": "GreaterThanThreshold",
        "treat_missing": "missing",
    }
    return AlarmRule(**{**settings, **changes})


def points(text):
    """Return data points, newest last, as in the user guide: 0 is OK, X breaches, - is missing."""
    return [{"0": 1.0, "X": 99.0, "-": None}[sign] for sign in reversed(text.split())]


@pytest.mark.parametrize(
    ("periods", "least", "text", "missing", "ignore", "breaching", "not_breaching"),
    [
        (3, 3, "0 X X", "OK", "OK", "OK", "OK"),
        (3, 3, "- - 0", "OK", "OK", "OK", "OK"),
        (3, 3, "- - -", "INSUFFICIENT_DATA", "held", "ALARM", "OK"),
        (3, 3, "X X X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (3, 3, "X - -", "ALARM", "held", "ALARM", "OK"),
        (3, 3, "- - X", "held", "held", "ALARM", "OK"),
        (3, 2, "X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (3, 2, "0 X -", "OK", "OK", "ALARM", "OK"),
        (3, 2, "- X -", "ALARM", "held", "ALARM", "OK"),
        (1, 1, "X", "ALARM", "ALARM", "ALARM", "ALARM"),
        (1, 1, "-", "INSUFFICIENT_DATA", "held", "ALARM", "OK"),
    ],
)
def test_missing_data_is_treated_according_to_the_alarm(
    periods, least, text, missing, ignore, breaching, not_breaching
):
    states = {
        treatment: next_state(
            rule(evaluation_periods=periods, datapoints_to_alarm=least, treat_missing=treatment),
            points(text),
            "held",
        )
        for treatment in ("missing", "ignore", "breaching", "notBreaching")
    }
    assert list(states.values()) == [missing, ignore, breaching, not_breaching]


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        ("GreaterThanThreshold", [51.0]),
        ("GreaterThanOrEqualToThreshold", [50.0, 51.0]),
        ("LessThanThreshold", [49.0]),
        ("LessThanOrEqualToThreshold", [49.0, 50.0]),
    ],
)
def test_the_four_comparisons(comparison, breaching):
    compared = rule(comparison=comparison)
    states = {value: next_state(compared, [value], "OK") for value in (49.0, 50.0, 51.0)}
    assert [value for value, state in states.items() if state == "ALARM"] == breaching


def datum(value, seconds_ago, *, instance="i-1", unit=None):
    dimensions = [{"Name": "InstanceId", "Value": instance}]
    at = NOW - timedelta(seconds=seconds_ago)
    return MetricDatum("AWS/EC2", "CPUUtilization", value, dimensions, at, unit)


def found(over, data):
    """Return the data points of a rule for data that arrive in this order."""
    series = defaultdict(Series)
    for each in data:
        series[key_of(each)].add(each)
    return datapoints(over, series[over.key], now=NOW)


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("SampleCount", 6.0),
        ("Sum", 60.0),
        ("Average", 10.0),
        ("Minimum", 1.0),
        ("Maximum", 40.0),
    ],
)
def test_statistics_of_values_and_of_statistic_sets(statistic, value):
    dimensions = [{"Name": "InstanceId", "Value": "i-1"}]
    four = MetricAggregatedDatum(
        "AWS/EC2", "CPUUtilization", 1.0, 8.0, 4.0, 18.0, dimensions, NOW, None
    )
    data = [datum(2.0, 10), four, datum(40.0, 20)]
    assert found(rule(statistic=statistic), data) == [value]


@pytest.mark.parametrize(("percentile", "value"), [("p50", 50.0), ("p99", 99.0), ("p100", 100.0)])
def test_percentiles(percentile, value):
    data = [datum(float(number), 5) for number in range(100, 0, -1)]
    assert found(rule(statistic=percentile), data) == [value]


def test_a_datum_counts_in_its_own_period_only():
    data = [datum(1.0, 299), datum(2.0, 301), datum(3.0, 599), datum(4.0, 901)]
    assert found(rule(evaluation_periods=3, statistic="Sum"), data) == [1.0, 5.0, None]
    late = [data[2], data[0], data[3], data[1]]
    assert found(rule(evaluation_periods=3, statistic="Sum"), late) == [1.0, 5.0, None]


def test_other_dimensions_and_units_are_other_metrics():
    data = [datum(1.0, 5), datum(2.0, 5, instance="i-2"), datum(4.0, 5, unit="Percent")]
    assert found(rule(statistic="Sum"), data) == [5.0]
    assert found(rule(statistic="Sum", unit="Percent"), data) == [4.0]
    assert found(rule(statistic="Sum", dimensions=frozenset()), data) == [None]


def test_a_time_without_a_zone_is_in_utc():
    naive = datum(1.0, 5)
    naive.timestamp = naive.timestamp.replace(tzinfo=None)
    assert found(rule(), [naive]) == [1.0]


def test_the_reason_has_the_text_of_cloudwatch():
    crossed = rule()
    assert reason(crossed, [99.50160229693434], now=NOW, before="OK", after="ALARM") == (
        "Threshold Crossed: 1 out of the last 1 datapoints [99.50160229693434 "
        "(02/10/19 16:59:40)] was greater than the threshold (50.0) "
        "(minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert "[0.06 (02/10/19 16:59:40)] was not greater than the threshold (50.0) (minimum 1 " in (
        reason(crossed, [0.06], now=NOW, before="ALARM", after="OK")
    )
    silent = rule(treat_missing="notBreaching")
    assert reason(silent, [None], now=NOW, before="ALARM", after="OK") == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was "
        "treated as [NonBreaching]."
    )
    assert reason(crossed, [None], now=NOW, before="OK", after="INSUFFICIENT_DATA") == (
        "Insufficient Data: 1 datapoint was unknown."
    )


def test_the_reason_data_has_the_data_points_oldest_first():
    two = rule(evaluation_periods=2, datapoints_to_alarm=2)
    assert json.loads(reason_data(two, [99.5, 70.0], now=NOW)) == {
        "version": "1.0",
        "queryDate": "2019-10-02T17:04:40.985+0000",
        "startDate": "2019-10-02T16:54:40.985+0000",
        "statistic": "Average",
        "period": 300,
        "recentDatapoints": [70.0, 99.5],
        "threshold": 50.0,
    }
