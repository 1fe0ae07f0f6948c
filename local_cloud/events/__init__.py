"""EventBridge on the laptop: rules that match, schedules and alarms, targets that are reached."""

from __future__ import annotations

from typing import Any

import moto.events.models as moto_models
from moto.sns.models import sns_backends

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.events.alarms.alarm_monitor import AlarmMonitor
from local_cloud.events.delivery import Delivery, new_event
from local_cloud.events.event_bus import EventBus, LaptopRule
from local_cloud.events.sns_backend import LaptopSNSBackend

_buses: list[EventBus] = []
_alarms: list[AlarmMonitor] = []


def install(cloud: Cloud) -> None:
    """Deliver this cloud's events, start its clock and its alarms; a former installation ends."""
    shutdown()
    _buses.append(EventBus(cloud))
    LaptopRule.bus = _buses[-1]
    moto_models.Rule = LaptopRule
    sns_backends.backend = LaptopSNSBackend
    _alarms.append(AlarmMonitor(cloud, _buses[-1].publish))


def shutdown() -> None:
    """Stop the alarms and the clock, and finish what is being delivered."""
    while _alarms:
        _alarms.pop().close()
    while _buses:
        _buses.pop().close()


def publish(
    cloud: Cloud,
    *,
    source: str,
    detail_type: str,
    resources: list[str],
    detail: dict[str, Any],
) -> None:
    """Deliver a service's event to the deployed rules that match it; returns at once."""
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
    """Fire a deployed rule now, through the same delivery; raises `UnknownRule`."""
    return _buses[-1].fire(rule_name)
