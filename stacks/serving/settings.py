"""The endpoint of a pipeline's models."""

from __future__ import annotations

import re
from collections.abc import Mapping

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_between, require_match


@settings("serving.features.")
class OnlineFeatures:
    """Features that a function reads for requests which have only identifiers."""

    group: str
    """The name of an online feature group that a pipeline of the environment declares."""
    identifier: str
    """The column of the requests with the record identifier of the group."""
    columns: Mapping[str, str]
    """Column of the model -> feature of the group."""


@settings("serving.")
class Serving:
    """The endpoint of a pipeline's approved models.

    An update first shifts a part of the traffic to new instances and monitors the alarms. Then it
    shifts all traffic and monitors them again.
    """

    instance_type: str = "ml.m5.large"
    """The instance type of the endpoint, which is paid by the hour."""
    min_instances: int = 1
    """1 to 100: the minimum of the automatic scaling."""
    initial_instances: int = 1
    """The number of instances of a new endpoint, from `min_instances` to `max_instances`."""
    max_instances: int = 1
    """1 to 100: the maximum of the automatic scaling."""
    invocations_per_instance: int = 600
    """1 to 1,000,000 requests per minute that one instance handles; the target of the scaling."""
    canary_percent: int = 0
    """0 to 50: the share of the traffic that an update shifts first; 0 shifts everything at once.
    The share must be at least one instance.
    """
    bake_seconds: int = 300
    """0 to 3600: for how long the alarms are monitored after each shift. Until then the old
    instances are paid too.
    """
    capture_percent: int = 20
    """0 to 100: the share of the requests that the lake stores, for the comparison with the
    training data.
    """
    max_error_percent: int = 5
    """1 to 100: the share of failed requests that raises an alarm and rolls an update back."""
    max_latency_milliseconds: int = 1000
    """1 to 60,000: the latency that raises an alarm and rolls an update back."""
    features: OnlineFeatures | None = None
    """`OnlineFeatures(…)` creates a function that reads features of a feature group and calls the
    endpoint.
    """

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
