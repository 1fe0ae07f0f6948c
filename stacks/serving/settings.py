"""The endpoint of a pipeline's models."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stacks.common.validation import require, require_between, require_match


@dataclass(frozen=True, kw_only=True)
class Serving:
    """The endpoint of a pipeline's approved models.

    It scales between `min_instances` and `max_instances` so that each instance handles
    `invocations_per_instance` a minute. An update first shifts `canary_percent` of the traffic to
    the new instances (0: all traffic at once) and monitors the alarms for `bake_seconds`. Then it
    shifts all traffic and monitors them again. `capture_percent` of the requests are stored in the
    lake, for the comparison with the baseline.
    """

    instance_type: str = "ml.m5.large"
    min_instances: int = 1
    initial_instances: int = 1
    max_instances: int = 1
    invocations_per_instance: int = 600
    canary_percent: int = 0
    bake_seconds: int = 300
    capture_percent: int = 20
    max_error_percent: int = 5
    max_latency_milliseconds: int = 1000

    def __post_init__(self) -> None:
        require_match(
            r"ml\.[a-z0-9-]+\.[a-z0-9]+",
            "serving.instance_type",
            self.instance_type,
            allowed="an instance type of SageMaker",
            remedy="write it like ml.m5.large",
        )
        self._check_numbers()
        require(
            self.min_instances <= self.initial_instances <= self.max_instances,
            "serving.initial_instances",
            self.initial_instances,
            allowed=f"{self.min_instances} to {self.max_instances} (min_instances, max_instances)",
            remedy="change one of the three",
        )
        # Application Auto Scaling rejects them: https://docs.aws.amazon.com/sagemaker/latest/dg/
        # endpoint-auto-scaling-add-policy.html
        require(
            self.min_instances == self.max_instances
            or not re.match(r"ml\.t\d", self.instance_type),
            "serving.instance_type",
            self.instance_type,
            allowed="an instance type that is not burstable, if the number of instances varies",
            remedy="choose one such as ml.m5.large, or set max_instances to min_instances",
        )
        # SageMaker shifts whole instances, and at most half of them as a canary.
        require(
            self.canary_percent == 0 or self.canary_percent * self.min_instances >= 100,
            "serving.canary_percent",
            self.canary_percent,
            allowed=f"0, or at least one of {self.min_instances} instances",
            remedy="raise it or serving.min_instances: a canary takes two instances and more",
        )

    def _check_numbers(self) -> None:
        limits = {
            "min_instances": (1, 100),
            "max_instances": (1, 100),
            "invocations_per_instance": (1, 1_000_000),
            "canary_percent": (0, 50),
            "bake_seconds": (0, 3600),
            "capture_percent": (0, 100),
            "max_error_percent": (1, 100),
            "max_latency_milliseconds": (1, 60_000),
        }
        for name, (least, most) in limits.items():
            require_between(f"serving.{name}", getattr(self, name), least, most)
