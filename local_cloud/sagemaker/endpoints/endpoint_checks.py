"""Checks of endpoint requests. An unsupported member raises an error with its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.jobs.instance_types import MEMORY_BYTES, suggestion

Request = Mapping[str, Any]

# Members for features that the laptop cloud does not support.
_CONFIG_EXTRAS = (
    "AsyncInferenceConfig",
    "CrossRegionTrafficConfig",
    "EnableNetworkIsolation",
    "ExecutionRoleArn",
    "ExplainerConfig",
    "MetricsConfig",
    "ShadowProductionVariants",
    "VpcConfig",
)
_VARIANT_EXTRAS = (
    "AcceleratorPartitionLayouts",
    "AcceleratorType",
    "CapacityReservationConfig",
    "CoreDumpConfig",
    "EnableSSMAccess",
    "InferenceAmiVersion",
    "InstancePools",
    "ManagedInstanceScaling",
    "RoutingConfig",
    "ServerlessConfig",
)
# Source: TrafficRoutingConfig, CanarySize and LinearStepSize.
_MAX_PERCENT = 50
_MIN_LINEAR_PERCENT = 10
_SIZE_OF = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}


def check_config(request: Request) -> None:
    """Raise `ValidationFailed` for an unsupported CreateEndpointConfig request."""
    _raise(_config(request))


def check_deployment(config: Request | None) -> None:
    """Raise `ValidationFailed` for an unsupported DeploymentConfig."""
    _raise(_deployment(config or {}))


def _raise(findings: Iterator[str]) -> None:
    found = list(findings)
    if found:
        raise ValidationFailed(" ".join(found))


def _config(request: Request) -> Iterator[str]:
    yield from _absent(request, _CONFIG_EXTRAS, "CreateEndpointConfig")
    variants = request["ProductionVariants"]
    names = [variant["VariantName"] for variant in variants]
    if len(set(names)) < len(names):
        yield f"The names of production variants must be unique; they are {', '.join(names)}."
    for variant in variants:
        yield from _variant(variant, f"ProductionVariants[{variant['VariantName']}]")
    if sum(variant.get("InitialVariantWeight", 1.0) for variant in variants) <= 0:
        yield "At least one production variant must have a weight greater than 0."
    capture = request.get("DataCaptureConfig") or {}
    if capture and not capture["DestinationS3Uri"].startswith("s3://"):
        yield f"DestinationS3Uri {capture['DestinationS3Uri']!r} must begin with s3://."


def _variant(variant: Request, where: str) -> Iterator[str]:
    yield from _absent(variant, _VARIANT_EXTRAS, where)
    for member in ("ModelName", "InstanceType", "InitialInstanceCount"):
        if not variant.get(member):
            yield f"{where}.{member} is missing."
    instance_type = variant.get("InstanceType")
    if instance_type and instance_type not in MEMORY_BYTES:
        yield f"{where}.InstanceType {instance_type!r} is not supported here: "
        yield f"{suggestion(instance_type)}."


def _deployment(config: Request) -> Iterator[str]:
    yield from _absent(config, ("RollingUpdatePolicy",), "DeploymentConfig")
    policy = config.get("BlueGreenUpdatePolicy")
    if not policy:
        return
    routing = policy["TrafficRoutingConfiguration"]
    kind = routing["Type"]
    for other, member in _SIZE_OF.items():
        if other != kind and routing.get(member):
            yield f"TrafficRoutingConfiguration.{member} is only for {other}, not for {kind}."
    if kind in _SIZE_OF:
        yield from _size(routing.get(_SIZE_OF[kind]), _SIZE_OF[kind], kind)


def _size(size: Request | None, member: str, kind: str) -> Iterator[str]:
    if size is None:
        yield f"TrafficRoutingConfiguration.{member} is missing; {kind} requires it."
        return
    minimum = _MIN_LINEAR_PERCENT if kind == "LINEAR" else 1
    if size["Type"] == "CAPACITY_PERCENT" and not minimum <= size["Value"] <= _MAX_PERCENT:
        yield f"{member} {size['Value']} % must be from {minimum} to {_MAX_PERCENT} %."


def _absent(source: Request, members: tuple[str, ...], where: str) -> Iterator[str]:
    for member in members:
        if source.get(member):
            yield f"{where}.{member} is not supported here; leave it out."
