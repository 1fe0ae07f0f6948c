"""Approves or rejects a model package, then waits until its endpoint reflects the decision.

The commands `approve` and `reject` differ only in the status.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from operations.alarm_states import alarm_states
from operations.environment_clients import EnvironmentClients
from operations.models.endpoints import EndpointStatus, endpoint_stacks, endpoint_status
from operations.models.packages import APPROVED, ModelPackage, find_package, packages_of
from operations.output import show

# A blue/green deployment with its longest waits (stacks/serving/deployer_requests.py).
MINUTES = 60
_POLL_SECONDS = {True: 0.5, False: 5.0}
_SETTLED = (None, "InService", "Failed")


@dataclass(frozen=True)
class DecisionOutcome:
    """The result of a decision; `done` is false if the endpoint does not reflect it."""

    package: ModelPackage
    text: str
    done: bool
    endpoint: EndpointStatus | None = None


@dataclass(frozen=True)
class Decision:
    """A package with its new status and reason."""

    aws: EnvironmentClients
    package: ModelPackage
    reason: str

    def submit(self) -> None:
        """Call UpdateModelPackage. The deployed app reacts to the change."""
        given = {"ApprovalDescription": self.reason} if self.reason else {}
        self.aws.clients("sagemaker").update_model_package(
            ModelPackageArn=self.package.arn, ModelApprovalStatus=self.package.status, **given
        )

    def wait(self, stack: str, lost: set[str], *, minutes: float) -> DecisionOutcome:
        """Wait until the endpoint of the stack reflects the decision.

        `lost` are the alarms of the stack's queues before the decision.
        """
        client, package = self.aws.clients("sagemaker"), self.package
        line = _after_approval if package.status == APPROVED else _after_rejection
        deadline = time.monotonic() + 60 * minutes
        while True:
            now = endpoint_status(client, package.group)
            found = line(client, package, now) if now.status in _SETTLED else None
            if found is not None:
                return found
            if fired := alarms_of_queues(self.aws, stack) - lost:
                return _given_up(package, now, sorted(fired)[0])
            if time.monotonic() > deadline:
                return _timed_out(package, now, minutes)
            time.sleep(_POLL_SECONDS[self.aws.is_laptop])


def decide(
    aws: EnvironmentClients,
    name: str,
    *,
    now: str,
    then: str,
    reason: str,
    minutes: float,
    as_json: bool,
) -> int:
    """Set the status of a package, by default the newest with status `now`, to `then`, and wait.

    Print the outcome and return the exit code.
    """
    package = replace(find_package(aws, name, status=now), status=then)
    decision = Decision(aws, package, reason)
    stack = endpoint_stacks(aws).get(package.group)
    lost = alarms_of_queues(aws, stack) if stack else set()
    decision.submit()
    if stack is None:
        return _report(
            DecisionOutcome(package, f"No endpoint serves {package.group}.", True), as_json
        )
    return _report(decision.wait(stack, lost, minutes=minutes), as_json)


def alarms_of_queues(aws: EnvironmentClients, stack: str) -> set[str]:
    """Return the alarms of a stack's queues that are in the state ALARM.

    A function that gives up sends its event to a queue.
    """
    return {
        each.name
        for each in alarm_states(aws, f"{stack}-")
        if each.is_on and each.namespace == "AWS/SQS"
    }


def _report(result: DecisionOutcome, as_json: bool) -> int:
    package = result.package
    head = f"{package.group} version {package.version} is {package.status}."
    show(asdict(result), text=f"{head} {result.text}", as_json=as_json)
    return 0 if result.done else 1


def _given_up(package: ModelPackage, now: EndpointStatus, alarm: str) -> DecisionOutcome:
    text = (
        f"The function that deploys it has given up: the alarm {alarm} is on. {_answers(now)} See "
        "the log of the function."
    )
    return DecisionOutcome(package, text, done=False, endpoint=now)


def _timed_out(package: ModelPackage, now: EndpointStatus, minutes: float) -> DecisionOutcome:
    state = f"is {now.status} and serves {_served(now)}" if now.status else "does not exist"
    text = (
        f"After {minutes:g} minutes the endpoint {now.endpoint} {state}: wait longer (`redline "
        "endpoints`), or see the log of the function that deploys it."
    )
    return DecisionOutcome(package, text, done=False, endpoint=now)


def _after_approval(
    client: Any, package: ModelPackage, now: EndpointStatus
) -> DecisionOutcome | None:
    failure = (now.failures or {}).get(package.arn)
    if failure is not None:
        rest = f"{_answers(now)} Reject and approve it to try again."
        text = f"It could not be deployed: {failure}. {rest}"
        return DecisionOutcome(package, text, done=False, endpoint=now)
    if now.version is None or now.version < package.version:
        return None
    newer = "" if now.version == package.version else " It keeps this version, because it is newer."
    return DecisionOutcome(package, _answers(now) + newer, done=True, endpoint=now)


def _after_rejection(
    client: Any, package: ModelPackage, now: EndpointStatus
) -> DecisionOutcome | None:
    if now.version != package.version:
        return DecisionOutcome(package, _answers(now), done=True, endpoint=now)
    failures = now.failures or {}
    others = [
        other
        for other in packages_of(client, package.group)
        if other.status == APPROVED and other.arn not in failures
    ]
    if others:
        return None
    text = "It is still in service: no other approved package can be deployed."
    return DecisionOutcome(package, text, done=False, endpoint=now)


def _answers(now: EndpointStatus) -> str:
    return f"The endpoint {now.endpoint} serves {_served(now)}."


def _served(now: EndpointStatus) -> str:
    return "no version" if now.version is None else f"version {now.version}"
