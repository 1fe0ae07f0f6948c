"""EventBridge Scheduler: schedules in time zones, which start pipelines.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import Schedule, scheduler_backends

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.errors import LocalCloudError, reason
from local_cloud.events import failure_metrics
from local_cloud.events.delivery import Delivery, retried
from local_cloud.events.rule_targets import (
    Target,
    error_code,
    queue_url,
    send_dead_letter,
    start_pipeline,
)
from local_cloud.schedule_expressions import problem_with, problem_with_time_zone

logger = logging.getLogger(__name__)

SERVICE = "scheduler.amazonaws.com"


class LaptopSchedule(Schedule):  # type: ignore[misc]  # moto is untyped here
    """moto's schedule, for the scheduler of rules. It rejects what would never fire."""

    def __init__(self, **options: Any) -> None:
        """Create the schedule. Raises ValidationException for what is invalid, unlike moto."""
        _check(options)
        super().__init__(**options)

    def update(self, **options: Any) -> None:
        """Update the schedule. Raises ValidationException for what is invalid, unlike moto."""
        _check(options)
        super().update(**options)

    @property
    def scheduled_expression(self) -> str:
        """The expression, as a rule calls it."""
        return str(self.schedule_expression)

    @property
    def time_zone(self) -> str:
        """The zone in which the expression is evaluated."""
        return str(self.schedule_expression_timezone)

    @property
    def region_name(self) -> str:
        """The region, as a rule calls it."""
        return str(self.arn.split(":")[3])


def _check(options: Mapping[str, Any]) -> None:
    problem = problem_with(options["schedule_expression"])
    if problem is not None:
        raise ValidationException(f"Invalid Schedule Expression: {problem}.")
    problem = problem_with_time_zone(options["schedule_expression_timezone"] or "UTC")
    if problem is not None:
        raise ValidationException(f"Invalid Schedule Expression Timezone: {problem}.")
    unsupported = {
        "a target other than a pipeline": ":pipeline/" not in options["target"]["Arn"],
        "a flexible time window": options["flexible_time_window"].get("Mode") != "OFF",
        # The SDK's PipelineSchedule sets the time of its call, which changes nothing.
        "a StartDate in the future": float(options["start_date"] or 0) > time.time(),
        "EndDate": bool(options["end_date"]),
    }
    for feature, is_used in unsupported.items():
        if is_used:
            raise ValidationException(f"the laptop cloud does not support {feature} of a schedule")


def schedules(region: str) -> list[LaptopSchedule]:
    """Return the schedules of all groups."""
    groups = list(scheduler_backends[ACCOUNT_ID][region].schedule_groups.values())
    return [schedule for group in groups for schedule in list(group.schedules.values())]


def deliver_start(cloud: Cloud, schedule: LaptopSchedule, *, token: str) -> Delivery:
    """Start the pipeline of a schedule. A failed start goes to the dead-letter queue."""
    target: Target = schedule.target
    group = f"{schedule.arn.rpartition(':')[0]}:schedule-group/{schedule.group_name}"

    def start() -> dict[str, str]:
        return start_pipeline(cloud, target, service=SERVICE, source_arn=group, token=token)

    try:
        return Delivery(target_arn=target["Arn"], result=retried(start, target))
    except (ClientError, BotoCoreError, LocalCloudError) as error:
        logger.warning("%s could not start %s: %s", schedule.arn, target["Arn"], error)
        _send_to_dead_letter_queue(cloud, schedule, error)
        return Delivery(target_arn=target["Arn"], error=reason(error))


def _send_to_dead_letter_queue(cloud: Cloud, schedule: LaptopSchedule, error: Exception) -> None:
    """Send the failed start with the role of the schedule, which needs sqs:SendMessage.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    target = schedule.target
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if queue is None:
        return
    attributes = {
        "SCHEDULE_ARN": schedule.arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": error_code(error),
        "ERROR_MESSAGE": reason(error)[:1024],
    }
    try:
        sqs = cloud.client("sqs", target["RoleArn"], session="scheduler")
        body = str(target.get("Input", "{}"))
        send_dead_letter(sqs, queue_url(cloud, queue), body, attributes)
    except (ClientError, BotoCoreError, LocalCloudError) as lost:
        logger.error("%s lost a start: %s", schedule.arn, reason(lost))
        failure_metrics.count_group_metric(
            cloud.region, schedule.group_name, failure_metrics.START_NOT_SENT_TO_DLQ
        )
