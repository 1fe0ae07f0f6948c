"""The running production variants of one endpoint configuration."""

from __future__ import annotations

import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.hosting import (
    DEFAULT_STARTUP_SECONDS,
    Fleet,
    HostingFailed,
    Placement,
    UnhealthyHost,
)

LOG_GROUP = "/aws/sagemaker/Endpoints"
_STARTUP = "ContainerStartupHealthCheckTimeoutInSeconds"


@dataclass
class Variant:
    """A production variant and its processes. `weight` determines its share of the traffic."""

    name: str
    fleet: Fleet
    weight: float
    desired_count: int
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def describe(self) -> dict[str, Any]:
        """Return a ProductionVariantSummary."""
        image = {
            "SpecifiedImage": self.fleet.model.image,
            "ResolvedImage": self.fleet.model.image,
            "ResolutionTime": self.started,
        }
        return {
            "VariantName": self.name,
            "DeployedImages": [image],
            "CurrentWeight": self.weight,
            "DesiredWeight": self.weight,
            "CurrentInstanceCount": self.fleet.count,
            "DesiredInstanceCount": self.desired_count,
        }


class VariantSet:
    """All variants of one endpoint configuration that run for an endpoint."""

    def __init__(self, config_name: str, config: Mapping[str, Any]) -> None:
        self.config_name = config_name
        self.config = config
        self.capture: Mapping[str, Any] | None = config.get("DataCaptureConfig")
        self.variants: dict[str, Variant] = {}

    @property
    def instances(self) -> int:
        """The number of processes of all variants."""
        return sum(variant.desired_count for variant in self.variants.values())

    def pick(self, target: str | None) -> Variant | None:
        """Return the target variant (None: unknown), or a random variant by weight."""
        if target is not None:
            return self.variants.get(target)
        variants = list(self.variants.values())
        if len(variants) == 1:
            return variants[0]
        return random.choices(variants, [variant.weight for variant in variants])[0]

    def describe(self) -> list[dict[str, Any]]:
        """Return the ProductionVariants of DescribeEndpoint."""
        return [variant.describe() for variant in self.variants.values()]

    def current_config(self) -> dict[str, Any]:
        """Return the configuration with the current numbers of processes and weights."""
        settings = [
            {
                **given,
                "InitialInstanceCount": self.variants[given["VariantName"]].desired_count,
                "InitialVariantWeight": self.variants[given["VariantName"]].weight,
            }
            for given in self.config["ProductionVariants"]
        ]
        return {**self.config, "ProductionVariants": settings}

    def close(self) -> None:
        """End every process after its requests in progress."""
        with ThreadPoolExecutor(max(1, len(self.variants))) as pool:
            list(pool.map(lambda variant: variant.fleet.close(), self.variants.values()))


def start_variants(
    cloud: Cloud, endpoint_arn: str, config_name: str, config: Mapping[str, Any]
) -> VariantSet:
    """Start every variant of a CreateEndpointConfig request and wait until all are healthy.

    Raises `HostingFailed` with the service's message; then no process remains.
    """
    variant_set = VariantSet(config_name, config)
    with ExitStack() as undo:
        undo.callback(variant_set.close)
        for settings in config["ProductionVariants"]:
            variant = _start_variant(cloud, endpoint_arn, settings)
            variant_set.variants[variant.name] = variant
        undo.pop_all()
    return variant_set


def _start_variant(cloud: Cloud, endpoint_arn: str, settings: Mapping[str, Any]) -> Variant:
    name, count = settings["VariantName"], settings["InitialInstanceCount"]
    placement = Placement(
        instance_type=settings["InstanceType"],
        log_group=f"{LOG_GROUP}/{endpoint_arn.rpartition('/')[2]}",
        log_stream=name,
        arn_of=lambda host: f"{endpoint_arn}/{name}/{host}",
        startup_seconds=float(settings.get(_STARTUP, DEFAULT_STARTUP_SECONDS)),
    )
    fleet = _start_fleet(cloud, settings["ModelName"], placement, count, name)
    weight = float(settings.get("InitialVariantWeight", 1.0))
    return Variant(name=name, fleet=fleet, weight=weight, desired_count=count)


def _start_fleet(
    cloud: Cloud, model_name: str, placement: Placement, count: int, variant: str
) -> Fleet:
    try:
        return Fleet(cloud, model_name, placement, count=count)
    except UnhealthyHost as error:
        raise HostingFailed(
            f"The primary container for production variant {variant} did not pass the ping health "
            f"check. Please check CloudWatch logs for this endpoint. ({error})"
        ) from error
