"""Scheduled actions of Redshift: pause and resume a cluster at the times of a schedule.

https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateScheduledAction.html
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError
from moto.core.responses import ActionResult, EmptyResult
from moto.redshift.exceptions import RedshiftClientError
from moto.redshift.models import redshift_backends
from moto.redshift.responses import RedshiftResponse

from local_cloud.authorization import check_trust
from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.events.rule_scheduler import RuleScheduler
from local_cloud.schedule_expressions import InvalidSchedule, check_expression

logger = logging.getLogger(__name__)

SERVICE = "scheduler.redshift.amazonaws.com"
# Member of TargetAction -> operation of the client.
_OPERATIONS = {"PauseCluster": "pause_cluster", "ResumeCluster": "resume_cluster"}


class ActionNotRun(LocalCloudError):
    """No scheduled action has this name, or the action is disabled."""


@dataclass
class ScheduledAction:
    """A scheduled action; `operation` is a member of TargetAction, `cluster` its parameter."""

    name: str
    operation: str
    cluster: str
    schedule: str
    iam_role: str
    description: str
    state: str
    # The scheduler evaluates the expression in UTC.
    time_zone: None = None

    @property
    def arn(self) -> str:
        """The key of the scheduler."""
        return self.name

    @property
    def scheduled_expression(self) -> str:
        """The schedule, by the name that the scheduler reads."""
        return self.schedule

    def described(self) -> dict[str, Any]:
        """Return the action as DescribeScheduledActions does."""
        return {
            "ScheduledActionName": self.name,
            "TargetAction": {self.operation: {"ClusterIdentifier": self.cluster}},
            "Schedule": self.schedule,
            "IamRole": self.iam_role,
            "ScheduledActionDescription": self.description,
            "State": "ACTIVE" if self.state == "ENABLED" else "DISABLED",
        }


class ActionScheduler:
    """Runs the enabled actions of a cloud when they are due."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._scheduler = RuleScheduler(rules=self._actions, fire=self._fire)
        self._scheduler.start()

    def close(self) -> None:
        """Stop after the current step."""
        self._scheduler.stop()

    def run(self, name: str) -> dict[str, Any]:
        """Run an action now: its target, and the error of the service. Raises `ActionNotRun`."""
        actions = {each.name: each for each in self._actions()}
        if name not in actions or actions[name].state != "ENABLED":
            known = ", ".join(actions) or "none"
            raise ActionNotRun(f"no scheduled action {name!r} is enabled; scheduled: {known}")
        return self._perform(actions[name])

    def _actions(self) -> list[ScheduledAction]:
        backend = redshift_backends[ACCOUNT_ID][self._cloud.region]
        return list(_actions_of(backend).values())

    def _fire(self, action: ScheduledAction, _due: datetime) -> None:
        error = self._perform(action)["error"]
        if error:
            logger.error("scheduled action %s: %s", action.name, error)

    def _perform(self, action: ScheduledAction) -> dict[str, Any]:
        """Call the operation with the role of the action, as on AWS."""
        target = f"arn:aws:redshift:{self._cloud.region}:{ACCOUNT_ID}:cluster:{action.cluster}"
        error = None
        try:
            check_trust(action.iam_role, SERVICE)
            redshift = self._cloud.client("redshift", action.iam_role, session="scheduler")
            getattr(redshift, _OPERATIONS[action.operation])(ClusterIdentifier=action.cluster)
        except (ClientError, LocalCloudError) as failure:
            error = str(failure)
        return {"target_arn": target, "error": error, "result": {}}


def install() -> None:
    """Add the operations that moto does not have."""
    RedshiftResponse.create_scheduled_action = _create
    RedshiftResponse.describe_scheduled_actions = _describe
    RedshiftResponse.modify_scheduled_action = _modify
    RedshiftResponse.delete_scheduled_action = _delete


def _create(response: Any) -> ActionResult:
    actions, action = _actions_of(response.redshift_backend), _requested(response)
    if action.name in actions:
        raise RedshiftClientError(
            "ScheduledActionAlreadyExists", f"The scheduled action {action.name} already exists."
        )
    actions[action.name] = action
    return ActionResult(action.described())


def _modify(response: Any) -> ActionResult:
    actions, action = _actions_of(response.redshift_backend), _requested(response)
    _existing(actions, action.name)
    actions[action.name] = action
    return ActionResult(action.described())


def _describe(response: Any) -> ActionResult:
    name = response._get_param("ScheduledActionName")
    actions = _actions_of(response.redshift_backend)
    found = [_existing(actions, name)] if name else list(actions.values())
    return ActionResult({"ScheduledActions": [each.described() for each in found]})


def _delete(response: Any) -> EmptyResult:
    actions = _actions_of(response.redshift_backend)
    name = response._get_param("ScheduledActionName")
    _existing(actions, name)
    del actions[name]
    return EmptyResult()


def _requested(response: Any) -> ScheduledAction:
    """Return the action of a complete request; what is not supported is rejected."""
    target = response._get_param("TargetAction") or {}
    if len(target) != 1 or not set(target) <= set(_OPERATIONS):
        allowed = ", ".join(_OPERATIONS)
        raise RedshiftClientError("UnsupportedOperation", f"TargetAction must be one of {allowed}")
    for name in ("StartTime", "EndTime"):
        if response._get_param(name):
            raise RedshiftClientError("UnsupportedOperation", f"{name} is not supported")
    schedule = response._get_param("Schedule") or ""
    try:
        check_expression(schedule)
    except InvalidSchedule as error:
        raise RedshiftClientError("InvalidSchedule", str(error)) from error
    ((operation, parameters),) = target.items()
    enabled = response._get_bool_param("Enable", True)
    return ScheduledAction(
        name=response._get_param("ScheduledActionName"),
        operation=operation,
        cluster=parameters["ClusterIdentifier"],
        schedule=schedule,
        iam_role=response._get_param("IamRole"),
        description=response._get_param("ScheduledActionDescription") or "",
        state="ENABLED" if enabled else "DISABLED",
    )


def _actions_of(backend: Any) -> dict[str, ScheduledAction]:
    found: dict[str, ScheduledAction] = backend.scheduled_actions
    return found


def _existing(actions: dict[str, ScheduledAction], name: str) -> ScheduledAction:
    if name not in actions:
        raise RedshiftClientError(
            "ScheduledActionNotFound", f"The scheduled action {name} does not exist."
        )
    return actions[name]
