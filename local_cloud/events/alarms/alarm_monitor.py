"""Evaluates every alarm every second, and when metrics arrive."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.events.alarms import state_reasons
from local_cloud.events.alarms.alarm_evaluation import next_state
from local_cloud.events.alarms.alarm_rule import rule_of
from local_cloud.events.alarms.cloudwatch_backend import LaptopCloudWatchBackend, state_of
from local_cloud.events.alarms.queue_metrics import QueueDepths
from local_cloud.events.alarms.state_change import event_of, run_actions
from local_cloud.moto_lock import MOTO

logger = logging.getLogger(__name__)

_INTERVAL_SECONDS = 1.0
# Metrics arrive in bursts. One evaluation after this delay covers a burst.
_PAUSE_SECONDS = 0.1


class AlarmMonitor:
    """Evaluates all alarms in a thread. `send` is called with the event of each state change."""

    def __init__(self, cloud: Cloud, send: Callable[[dict[str, Any]], object]) -> None:
        self._cloud = cloud
        self._send = send
        self._depths = QueueDepths()
        self._metric_data = threading.Event()
        self._ended = threading.Event()
        LaptopCloudWatchBackend.on_metric_data = self._metric_data.set
        LaptopCloudWatchBackend.on_set = self._changed
        cloudwatch_backends.backend = LaptopCloudWatchBackend
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the evaluations."""
        self._ended.set()
        self._metric_data.set()
        self._thread.join()

    def evaluate_all(self, now: datetime) -> None:
        """Evaluate every alarm of this cloud's region."""
        backend = cloudwatch_backends[ACCOUNT_ID][self._cloud.region]
        with MOTO.held():
            self._depths.measure(backend)
        for alarm in list(backend.alarms.values()):
            with MOTO.held(), backend.changes:
                before = _evaluate(backend, alarm, now)
            if before is not None:
                self._changed(alarm, before)

    def _changed(self, alarm: Any, before: Mapping[str, str]) -> None:
        logger.info("%s: %s, was %s", alarm.name, alarm.state_value, before["value"])
        self._send(event_of(alarm, before))
        run_actions(self._cloud, alarm, before)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._metric_data.wait(_INTERVAL_SECONDS)
            self._metric_data.clear()
            try:
                self.evaluate_all(datetime.now(UTC))
            except Exception:  # boundary of a thread that must continue
                logger.exception("the alarms could not be evaluated")
            self._ended.wait(_PAUSE_SECONDS)


def _evaluate(backend: Any, alarm: Any, now: datetime) -> dict[str, str] | None:
    """Update the state of an alarm. Return the previous state, or None if it is unchanged."""
    rule = rule_of(alarm)
    points = backend.datapoints(rule, now)
    after = next_state(rule, points, alarm.state_value)
    if after == alarm.state_value:
        return None
    before = state_of(alarm)
    why = state_reasons.reason(rule, points, now=now, before=before["value"], after=after)
    alarm.update_state(why, state_reasons.reason_data(rule, points, now=now), after)
    return before
