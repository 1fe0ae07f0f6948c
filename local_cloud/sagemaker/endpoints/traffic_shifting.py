"""The schedule of the traffic shift from the old fleet to the new fleet.

Source: the pages on canary, linear and all-at-once traffic shifting in the developer guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_DEFAULT_TIMEOUT_SECONDS = 600


@dataclass(frozen=True)
class Shift:
    """The new fleet's share of the traffic, and the time until the next shift."""

    share: float
    bake_seconds: int


@dataclass(frozen=True)
class Rollout:
    """The shifts of a deployment, and the conditions that end it."""

    shifts: tuple[Shift, ...]
    termination_wait_seconds: int
    timeout_seconds: int
    alarms: tuple[str, ...]


def rollout_of(config: Mapping[str, Any] | None, *, instances: int) -> Rollout:
    """Return the rollout of a DeploymentConfig. `instances` is the size of the new fleet.

    Without a DeploymentConfig, all traffic shifts at once.
    """
    given = config or {}
    policy = given.get("BlueGreenUpdatePolicy") or {}
    routing = policy.get("TrafficRoutingConfiguration") or {}
    bake = int(routing.get("WaitIntervalInSeconds", 0))
    rollback = given.get("AutoRollbackConfiguration") or {}
    return Rollout(
        shifts=tuple(Shift(share, bake) for share in _shares(routing, instances)),
        termination_wait_seconds=int(policy.get("TerminationWaitInSeconds", 0)),
        timeout_seconds=int(
            policy.get("MaximumExecutionTimeoutInSeconds", _DEFAULT_TIMEOUT_SECONDS)
        ),
        alarms=tuple(alarm["AlarmName"] for alarm in rollback.get("Alarms") or []),
    )


def _shares(routing: Mapping[str, Any], instances: int) -> Iterator[float]:
    kind = routing.get("Type", "ALL_AT_ONCE")
    if kind == "CANARY":
        yield _share(routing["CanarySize"], instances)
    if kind == "LINEAR":
        step = _share(routing["LinearStepSize"], instances)
        steps = 1
        while steps * step < 1 - 1e-9:
            yield steps * step
            steps += 1
    yield 1.0


def _share(size: Mapping[str, Any], instances: int) -> float:
    if size["Type"] == "CAPACITY_PERCENT":
        return float(size["Value"]) / 100
    return min(1.0, float(size["Value"]) / instances)
