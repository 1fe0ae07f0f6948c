"""Target tracking: the number of a variant's processes follows its invocations.

Source: "Target tracking scaling policies". The service reacts if the metric differs from its target
for some minutes (3 to scale out, 15 to scale in). Here, only the invocations of the last minute
count. They are checked once a second. The cooldowns of the policy apply.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.sagemaker.endpoints.scalable_targets import ScalableTarget

_WINDOW_SECONDS = 60.0
_DEFAULT_COOLDOWN_SECONDS = 300.0


@dataclass
class _ScalingState:
    """The times when a variant was first checked and last scaled."""

    since: float
    scaled_at: float = float("-inf")


class TargetTracking:
    """Determines the number of processes of each registered variant."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._states: dict[tuple[str, str], _ScalingState] = {}

    def desired_count(self, target: ScalableTarget, *, current: int, per_minute: int) -> int:
        """Return the number of processes for a variant with `per_minute` invocations."""
        now = self._now()
        state = self._states.setdefault((target.endpoint, target.variant), _ScalingState(now))
        count = min(target.max_capacity, max(target.min_capacity, current))
        if target.policy is not None and count == current:
            count = self._tracked(target, target.policy, state, per_minute, current)
        if count != current:
            state.scaled_at = now
        return count

    def _tracked(
        self,
        target: ScalableTarget,
        policy: Mapping[str, Any],
        state: _ScalingState,
        per_minute: int,
        current: int,
    ) -> int:
        desired = math.ceil(per_minute / float(policy["TargetValue"]))
        count = min(target.max_capacity, max(target.min_capacity, desired))
        now = self._now()
        since = now - state.scaled_at
        if count > current:
            return count if since >= _cooldown(policy, "ScaleOutCooldown") else current
        may_shrink = now - state.since >= _WINDOW_SECONDS and not policy.get(
            "DisableScaleIn", False
        )
        if may_shrink and since >= _cooldown(policy, "ScaleInCooldown"):
            return count
        return current


def _cooldown(policy: Mapping[str, Any], name: str) -> float:
    return float(policy.get(name, _DEFAULT_COOLDOWN_SECONDS))
