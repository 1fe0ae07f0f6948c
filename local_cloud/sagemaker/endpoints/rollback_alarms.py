"""The CloudWatch alarms that cause a deployment to roll back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.role_session import RoleSession


class RollbackAlarms:
    """Reads alarms from CloudWatch."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def check(self, names: Sequence[str], *, role_arn: str) -> None:
        """Raise `ValidationFailed` if an alarm does not exist, or if the role may not read it.

        The execution role needs cloudwatch:DescribeAlarms on the alarms:
        https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
        """
        try:
            found = _states(RoleSession(self._cloud, role_arn).client("cloudwatch"), names)
        except ClientError as error:
            raise ValidationFailed(
                f"The role {role_arn} could not read the alarms {', '.join(names)}: {error}"
            ) from error
        missing = set(names) - set(found)
        if missing:
            raise ValidationFailed(f"Could not find the alarms {', '.join(sorted(missing))}.")

    def in_alarm(self, names: Sequence[str]) -> list[str]:
        """Return the alarms that are in the state ALARM."""
        found = _states(self._cloud.client("cloudwatch"), names)
        return [name for name, state in found.items() if state == "ALARM"]


def _states(cloudwatch: Any, names: Sequence[str]) -> dict[str, str]:
    if not names:
        return {}
    found = cloudwatch.describe_alarms(AlarmNames=list(names))
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in found["MetricAlarms"]}
