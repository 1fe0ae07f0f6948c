"""The alarms of an environment and their states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from operations.environment_clients import EnvironmentClients

# The states, those that need attention first.
STATES = ("ALARM", "INSUFFICIENT_DATA", "OK")


@dataclass(frozen=True)
class AlarmState:
    """An alarm, its state, the time of the last change, and the reason.

    `namespace` is that of its metric.
    """

    name: str
    state: str
    since: datetime
    reason: str
    description: str
    namespace: str

    @property
    def is_on(self) -> bool:
        """Whether the alarm needs attention."""
        return self.state == "ALARM"


def alarm_states(aws: EnvironmentClients, prefix: str = "") -> list[AlarmState]:
    """Return the alarms of the environment, those in the state ALARM first.

    `prefix` is that of the names; by default the prefix of the environment.
    """
    found = [
        AlarmState(
            name=each["AlarmName"],
            state=each["StateValue"],
            since=each["StateUpdatedTimestamp"],
            reason=each.get("StateReason", ""),
            description=each.get("AlarmDescription", ""),
            namespace=each.get("Namespace", ""),
        )
        for each in aws.pages(
            "cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=prefix or aws.prefix
        )
    ]
    return sorted(found, key=lambda each: (STATES.index(each.state), each.name))
