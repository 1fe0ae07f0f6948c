"""The alarms that roll a deployment back. They exist while their deployment runs.

An alarm on the dimension EndpointConfigName sees the new fleet alone, so errors of the version in
service cannot roll back its replacement (SageMaker Developer Guide, "Auto-Rollback Configuration
and Monitoring"). The name of an alarm includes that of the configuration: an update of an existing
alarm would keep its state (CloudWatch API, PutMetricAlarm), so that the state ALARM of one
deployment would roll back the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from settings import VARIANT, Settings


@dataclass(frozen=True)
class RollbackAlarms:
    """Creates and deletes the alarms of one endpoint configuration."""

    cloudwatch: Any
    settings: Settings

    def create(self, config: str) -> list[dict[str, str]]:
        """Create the alarms; return them in the format of AutoRollbackConfiguration."""
        dimensions = {
            "EndpointName": self.settings.endpoint,
            "VariantName": VARIANT,
            "EndpointConfigName": config,
        }
        requests = self.settings.requests["rollback_alarms"]
        for name, request in zip(self._names(config), requests.values(), strict=True):
            self.cloudwatch.put_metric_alarm(
                AlarmName=name,
                Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
                **request,
            )
        return [{"AlarmName": name} for name in self._names(config)]

    def delete(self, config: str) -> None:
        """Delete the alarms. DeleteAlarms ignores names of alarms that do not exist."""
        self.cloudwatch.delete_alarms(AlarmNames=self._names(config))

    def _names(self, config: str) -> list[str]:
        return [f"{config}-{suffix}" for suffix in self.settings.requests["rollback_alarms"]]
