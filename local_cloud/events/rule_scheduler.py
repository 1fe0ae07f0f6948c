"""Fires scheduled rules, and schedules of EventBridge Scheduler, when they are due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local_cloud.schedule_expressions import InvalidSchedule, next_time

logger = logging.getLogger(__name__)

_INTERVAL_SECONDS = 1.0


class RuleScheduler:
    """Fires enabled rules according to their schedules.

    `rules` returns moto's rules and schedules. `fire` is called with a rule and the time when it
    was due. `fire_due` performs one step for a given time. `start` starts a thread that calls
    `fire_due` each second until `stop`.
    """

    def __init__(
        self, *, rules: Callable[[], list[Any]], fire: Callable[[Any, datetime], object]
    ) -> None:
        self._rules = rules
        self._fire = fire
        # Rule -> the time when its current expression was set, which is the start of a rate.
        self._since: dict[tuple[str, str], datetime] = {}
        self._last: datetime | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread after its current step."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def fire_due(self, now: datetime) -> None:
        """Fire each rule that was due since the last step. A rule fires only once per step."""
        last, self._last = self._last or now, now
        rules = [rule for rule in self._rules() if rule.scheduled_expression]
        keys = {(rule.arn, rule.scheduled_expression) for rule in rules}
        self._since = {key: self._since.get(key, now) for key in keys}
        for rule in rules:
            due = self._due(rule, last, now)
            if due is not None and is_enabled(rule):
                self._fire(rule, due)

    def _due(self, rule: Any, last: datetime, now: datetime) -> datetime | None:
        since = self._since[rule.arn, rule.scheduled_expression]
        try:
            due = next_time(
                rule.scheduled_expression,
                after=max(last, since),
                anchor=since,
                time_zone=rule.time_zone,
            )
        except InvalidSchedule:
            logger.exception("%s has no schedule", rule.arn)
            return None
        return due if due is not None and due <= now else None

    def _run(self) -> None:
        while not self._ended.wait(_INTERVAL_SECONDS):
            try:
                self.fire_due(datetime.now(UTC))
            except Exception:  # boundary of a thread that must continue
                logger.exception("a step of the scheduler failed")


def is_enabled(rule: Any) -> bool:
    """Return whether the rule is enabled: a disabled rule neither matches events nor fires."""
    return bool(rule.state == "ENABLED")
