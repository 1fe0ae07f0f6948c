"""The default event bus: delivers events to the targets of moto's rules."""

from __future__ import annotations

import logging
import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import Rule, events_backends

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.events.delayed_calls import DelayedCalls
from local_cloud.events.delivery import Delivery, deliver, new_event
from local_cloud.events.delivery_faults import delivery_delays
from local_cloud.events.in_flight import EVENTS
from local_cloud.events.rule_scheduler import RuleScheduler, is_enabled
from local_cloud.events.rule_targets import SERVICE, UnsupportedTarget, check_target
from local_cloud.events.schedules import LaptopSchedule, deliver_start, schedules
from local_cloud.schedule_expressions import InvalidSchedule, check_expression

logger = logging.getLogger(__name__)

_WORKERS = 4


class RuleNotFired(LocalCloudError):
    """No deployed rule has this name, or the rule is disabled."""


class EventBus:
    """The default event bus: matches events with rules, and fires the scheduled rules."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="events")
        self._delayed_calls = DelayedCalls()
        self._scheduler = RuleScheduler(rules=self._scheduled_sources, fire=self._fire_scheduled)
        self._scheduler.start()

    def close(self) -> None:
        """Finish the running deliveries."""
        self._scheduler.stop()
        self._delayed_calls.close()
        self._workers.shutdown()

    def rules(self) -> list[Any]:
        """Return moto's rules on the default bus."""
        backend = events_backends[ACCOUNT_ID][self._cloud.region]
        return list(backend.event_buses["default"].rules.values())

    def publish(self, event: dict[str, Any]) -> None:
        """Deliver the event to each enabled rule that matches. Does not wait for the result."""
        for rule in self.rules():
            if matches(rule, event):
                self.deliver_async(rule, event)

    def deliver_async(self, rule: Any, event: dict[str, Any]) -> None:
        """Deliver an event to a rule, whether its pattern matches or not. Does not wait."""
        for seconds in delivery_delays(rule.arn, SERVICE):
            token = EVENTS.add(rule.arn, event)
            self._delayed_calls.call(seconds, partial(self._submit, rule, event, token))

    def repeat(self) -> None:
        """Repeat the deliveries that the last server did not end."""
        rules = {rule.arn: rule for rule in self._scheduled_sources()}
        EVENTS.repeat(
            lambda token, rule_arn, event: (
                self._submit(rules[rule_arn], event, token)
                if rule_arn in rules
                else EVENTS.by_token.pop(token)
            )
        )

    def fire(self, name: str) -> list[Delivery]:
        """Fire a scheduled rule or a schedule now and return its deliveries.

        Raises `RuleNotFired`.
        """
        rules = {rule.name: rule for rule in self._scheduled_sources()}
        if name not in rules:
            known = ", ".join(rules) or "none"
            raise RuleNotFired(f"no rule is named {name!r}; deployed rules: {known}")
        if not is_enabled(rules[name]):
            raise RuleNotFired(
                f"the rule {name} is disabled, and EventBridge never fires a disabled rule: enable "
                "it in the app and deploy, or start its pipeline with `start`"
            )
        return self._deliver_now(rules[name], self._scheduled(rules[name]))

    def _deliver_now(self, rule: Any, event: dict[str, Any]) -> list[Delivery]:
        deliveries = []
        for seconds in delivery_delays(rule.arn, SERVICE):
            time.sleep(seconds)
            deliveries += self._deliver_once(rule, event, uuid.uuid4().hex)
        return deliveries

    def _submit(self, rule: Any, event: dict[str, Any], token: str) -> None:
        done = self._workers.submit(self._deliver, rule, event, token)
        done.add_done_callback(_log_failure)

    def _deliver(self, rule: Any, event: dict[str, Any], token: str) -> list[Delivery]:
        with EVENTS.ending(token):
            return self._deliver_once(rule, event, token)

    def _deliver_once(self, rule: Any, event: dict[str, Any], token: str) -> list[Delivery]:
        if isinstance(rule, LaptopSchedule):
            return [deliver_start(self._cloud, rule, token=token)]
        return deliver(self._cloud, rule, event, token=token)

    def _scheduled_sources(self) -> list[Any]:
        """Return the rules, with those that have only a pattern, and the schedules."""
        return [*self.rules(), *schedules(self._cloud.region)]

    def _fire_scheduled(self, rule: Any, _due: datetime) -> None:
        self.deliver_async(rule, self._scheduled(rule))

    def _scheduled(self, rule: Any) -> dict[str, Any]:
        """Return the event that a scheduled rule sends to its targets.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
        """
        return new_event(
            source="aws.events",
            detail_type="Scheduled Event",
            account=ACCOUNT_ID,
            region=rule.region_name,
            resources=[rule.arn],
            detail={},
        )


def _log_failure(done: Future[list[Delivery]]) -> None:
    """Log an unexpected error of a thread. Without this, the error would be lost."""
    error = done.exception()
    if error is not None:
        logger.error("a delivery failed", exc_info=error)


def matches(rule: Any, event: dict[str, Any]) -> bool:
    """Return whether the rule is enabled and its pattern matches the event, by moto's matcher.

    A rule that has only a schedule matches no events. In moto it would match all events.
    """
    pattern = rule.event_pattern
    if not is_enabled(rule) or not pattern.get_pattern():
        return False
    return bool(pattern.matches_event(event))


class LaptopRule(Rule):  # type: ignore[misc]  # moto is untyped here
    """A rule whose events, including those of PutEvents, are delivered by `EventBus`."""

    bus: EventBus
    # Rules fire in UTC.
    time_zone = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Create the rule. Raises ValidationException for an invalid schedule, unlike moto."""
        super().__init__(*arguments, **options)
        if self.scheduled_expression:
            try:
                check_expression(self.scheduled_expression)
            except InvalidSchedule as error:
                message = f"Parameter ScheduleExpression is not valid. {error}"
                raise ValidationException(message) from error

    def put_targets(self, targets: list[dict[str, Any]]) -> None:
        """Set the targets. Raises ValidationException for an unsupported target."""
        for target in targets:
            try:
                check_target(target)
            except UnsupportedTarget as error:
                raise ValidationException(str(error)) from error
        super().put_targets(targets)

    def send_to_targets(self, original_event: Any, transform_input: bool = True) -> None:
        """Deliver the event if the rule matches it."""
        event = _public_event(original_event)
        if matches(self, event):
            self.bus.deliver_async(self, event)


def _public_event(event: Any) -> dict[str, Any]:
    """Return moto's event without private fields and with the time as text."""
    shown = {name: value for name, value in event.items() if name != "ingestion-time"}
    stamp = shown.get("time")
    if isinstance(stamp, (int, float)):
        shown["time"] = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return shown
