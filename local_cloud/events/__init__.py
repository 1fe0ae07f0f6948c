"""EventBridge and CloudWatch alarms of the laptop cloud."""

from __future__ import annotations

from typing import Any

import moto.events.models as moto_models
import moto.scheduler.models as moto_schedules
from moto.sns.models import sns_backends

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.events import embedded_metrics
from local_cloud.events.alarms.alarm_monitor import AlarmMonitor
from local_cloud.events.delivery import Delivery, new_event
from local_cloud.events.event_bus import EventBus, LaptopRule
from local_cloud.events.in_flight import EVENTS, INVOCATIONS
from local_cloud.events.schedules import LaptopSchedule
from local_cloud.events.sns_backend import LaptopSNSBackend

_buses: list[EventBus] = []
_alarms: list[AlarmMonitor] = []


def install(cloud: Cloud) -> None:
    """Start the event bus, the scheduler and the alarms; stops those of an earlier call first."""
    shutdown()
    EVENTS.by_token.clear()
    INVOCATIONS.by_token.clear()
    _buses.append(EventBus(cloud))
    LaptopRule.bus = _buses[-1]
    moto_models.Rule = LaptopRule
    moto_schedules.Schedule = LaptopSchedule
    sns_backends.backend = LaptopSNSBackend
    embedded_metrics.install()
    _alarms.append(AlarmMonitor(cloud, _buses[-1].publish))


def shutdown() -> None:
    """Stop the alarms and the scheduler, and finish running deliveries."""
    while _alarms:
        _alarms.pop().close()
    while _buses:
        _buses.pop().close()


def resume() -> None:
    """Repeat the deliveries of restored events."""
    _buses[-1].repeat()


def publish(
    cloud: Cloud,
    *,
    source: str,
    detail_type: str,
    resources: list[str],
    detail: dict[str, Any],
) -> None:
    """Deliver an event of a service to the matching rules. Returns immediately."""
    event = new_event(
        source=source,
        detail_type=detail_type,
        account=ACCOUNT_ID,
        region=cloud.region,
        resources=resources,
        detail=detail,
    )
    for bus in _buses:
        bus.publish(event)


def fire(rule_name: str) -> list[Delivery]:
    """Fire a deployed rule now. Raises `RuleNotFired`."""
    return _buses[-1].fire(rule_name)
