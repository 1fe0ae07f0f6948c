"""The common part of steps that run a job of EMR: SageMaker Pipelines follows it by a rule."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from local_cloud.authorization.authorizer import NotAuthorized
from local_cloud.authorization.service_calls import require_role_permission
from local_cloud.sagemaker.pipelines.step_context import StepContext, StepFailed

_POLL_SECONDS = 0.25
# The calls with which the service makes its rule, whose targets AWS does not document.
_RULE_ACTIONS = ("events:DescribeRule", "events:PutRule", "events:PutTargets")


def follow_by_rule(context: StepContext, rule: str) -> None:
    """Check that the role may make the rule by which the service follows its jobs.

    The laptop cloud asks for the states instead. Raises StepFailed.
    """
    settings = context.execution.settings
    _, _, _, region, account, _ = context.execution.arn.split(":", 5)
    arn = f"arn:aws:events:{region}:{account}:rule/{rule}"
    try:
        for action in _RULE_ACTIONS:
            require_role_permission(settings.role_arn, settings.execution_id, action, arn)
    except NotAuthorized as error:
        raise StepFailed(f"ClientError: {error}") from error


def wait_until(
    describe: Callable[[], Mapping[str, Any]],
    state: Callable[[Mapping[str, Any]], str],
    ended: Collection[str],
) -> Mapping[str, Any]:
    """Return the description of a job when its state is one of `ended`."""
    while state(described := describe()) not in ended:
        time.sleep(_POLL_SECONDS)
    return described
