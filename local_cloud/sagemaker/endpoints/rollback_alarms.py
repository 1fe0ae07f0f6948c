"""The CloudWatch alarms that cause a deployment to roll back."""

from __future__ import annotations

from collections.abc import Sequence

from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import ValidationFailed


class RollbackAlarms:
    """Reads alarms from CloudWatch."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def check(self, names: Sequence[str]) -> None:
        """Raise `ValidationFailed` if an alarm does not exist."""
        missing = set(names) - set(self._states(names))
        if missing:
            raise ValidationFailed(f"Could not find the alarms {', '.join(sorted(missing))}.")

    def in_alarm(self, names: Sequence[str]) -> list[str]:
        """Return the alarms that are in the state ALARM."""
        return [name for name, state in self._states(names).items() if state == "ALARM"]

    def _states(self, names: Sequence[str]) -> dict[str, str]:
        if not names:
            return {}
        found = self._cloud.client("cloudwatch").describe_alarms(AlarmNames=list(names))
        return {alarm["AlarmName"]: alarm["StateValue"] for alarm in found["MetricAlarms"]}
