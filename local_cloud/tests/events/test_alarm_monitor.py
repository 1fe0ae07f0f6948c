"""Changes of an alarm's state that happen at the same time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from local_cloud.context import ACCOUNT_ID
from local_cloud.events.alarms import alarm_monitor
from local_cloud.events.alarms.alarm_monitor import AlarmMonitor
from local_cloud.events.alarms.cloudwatch_backend import LaptopCloudWatchBackend


@pytest.fixture
def backend(monkeypatch):
    """A back end with the alarm `drifted`, whose state is ALARM."""
    for name in ("on_metric_data", "on_set"):
        monkeypatch.setattr(LaptopCloudWatchBackend, name, lambda *_: None, raising=False)
    backend = LaptopCloudWatchBackend("us-east-1", ACCOUNT_ID)
    backend.put_metric_alarm(
        name="drifted",
        namespace="Redline",
        metric_name="DriftedColumns",
        metric_data_queries=None,
        comparison_operator="GreaterThanOrEqualToThreshold",
        evaluation_periods=1,
        datapoints_to_alarm=None,
        period=60,
        threshold=1.0,
        statistic="Maximum",
        extended_statistic=None,
        description=None,
        dimensions=[],
        alarm_actions=None,
        treat_missing_data="ignore",
    )
    backend.set_alarm_state("drifted", "a check", None, "ALARM")
    return backend


def test_an_evaluation_does_not_undo_a_state_that_is_set_meanwhile(backend, monkeypatch):
    def evaluated_slowly(_rule, _points, state):
        setting.start()
        setting.join(0.2)
        return state

    setting = threading.Thread(target=backend.set_alarm_state, args=("drifted", "set", None, "OK"))
    monkeypatch.setattr(alarm_monitor, "next_state", evaluated_slowly)
    monkeypatch.setattr(alarm_monitor, "cloudwatch_backends", {ACCOUNT_ID: {"us-east-1": backend}})
    sent = []
    monitor = SimpleNamespace(
        _cloud=SimpleNamespace(region="us-east-1"),
        _depths=SimpleNamespace(measure=lambda _: None),
        _changed=lambda alarm, before: sent.append(alarm.state_value),
    )
    AlarmMonitor.evaluate_all(monitor, datetime.now(UTC))
    setting.join()
    assert sent == []
    assert backend.alarms["drifted"].state_value == "OK"
