"""Target tracking: the number of a variant's processes follows its invocations.

Source: "Target tracking scaling policies". The service acts when the metric was off its target for
minutes (three to grow, fifteen to shrink); here the last minute decides, looked at each second.
The policy's cooldowns hold.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.sagemaker.endpoints.scalable_targets import Target

_WINDOW_SECONDS = 60.0
_DEFAULT_COOLDOWN_SECONDS = 300.0


@dataclass
class _Course:
    """A variant's count of invocations over the last minute, and when it was scaled."""

    counts: deque[tuple[float, int]] = field(default_factory=deque)
    scaled_at: float = float("-inf")

    def per_minute(self, now: float, count: int) -> int:
        self.counts.append((now, count))
        while self.counts[0][0] < now - _WINDOW_SECONDS:
            self.counts.popleft()
        return count - self.counts[0][1]

    @property
    def is_whole(self) -> bool:
        """Whether a minute was seen."""
        return self.counts[-1][0] - self.counts[0][0] > _WINDOW_SECONDS - 2


class Scaling:
    """Decides how many processes each registered variant has."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._courses: dict[tuple[str, str], _Course] = {}

    def wanted(self, target: Target, *, current: int, invocations: int) -> int:
        """The number of processes; `invocations` is how many there ever were."""
        course = self._courses.setdefault((target.endpoint, target.variant), _Course())
        now = self._now()
        rate = course.per_minute(now, invocations)
        count = min(target.most, max(target.least, current))
        if target.policy is not None and count == current:
            count = self._tracked(target, target.policy, course, rate, current)
        if count != current:
            course.scaled_at = now
        return count

    def _tracked(
        self, target: Target, policy: Mapping[str, Any], course: _Course, rate: int, current: int
    ) -> int:
        aim = math.ceil(rate / float(policy["TargetValue"]))
        count = min(target.most, max(target.least, aim))
        since = self._now() - course.scaled_at
        if count > current:
            return count if since >= _cooldown(policy, "ScaleOutCooldown") else current
        may_shrink = course.is_whole and not policy.get("DisableScaleIn", False)
        if may_shrink and since >= _cooldown(policy, "ScaleInCooldown"):
            return count
        return current


def _cooldown(policy: Mapping[str, Any], name: str) -> float:
    return float(policy.get(name, _DEFAULT_COOLDOWN_SECONDS))
