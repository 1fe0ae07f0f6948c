"""Scalable targets and policies of Application Auto Scaling, for the variants of endpoints.

moto stores them. This module adds the checks of the service and rejects unsupported features.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.applicationautoscaling import urls
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    applicationautoscaling_backends,
)
from moto.core.exceptions import JsonRESTError
from moto.sagemaker.models import sagemaker_backends

NAMESPACE = "sagemaker"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
METRIC = "SageMakerVariantInvocationsPerInstance"


@dataclass(frozen=True)
class ScalableTarget:
    """A variant that is scaled, and its target tracking policy, if any."""

    endpoint: str
    variant: str
    min_capacity: int
    max_capacity: int
    policy: Mapping[str, Any] | None


class ScalingBackend(ApplicationAutoscalingBackend):  # type: ignore[misc]  # moto is untyped here
    """moto's back end, restricted to endpoints."""

    @property
    def _url_module(self) -> Any:
        return urls

    def register_scalable_target(
        self, namespace: str, r_id: str, dimension: str, *rest: Any, **more: Any
    ) -> Any:
        """Perform RegisterScalableTarget. The endpoint and its variant must exist."""
        if namespace != NAMESPACE or dimension != DIMENSION:
            raise AWSValidationException(
                f"{namespace} {dimension} is not supported here; use {NAMESPACE} {DIMENSION}."
            )
        self._check_variant(r_id)
        return super().register_scalable_target(namespace, r_id, dimension, *rest, **more)

    def deregister_scalable_target(self, namespace: str, r_id: str, dimension: str) -> None:
        """Perform DeregisterScalableTarget. The policies of the target are also deleted."""
        if not self._scalable_target_exists(r_id, dimension):
            raise JsonRESTError(
                "ObjectNotFoundException",
                f"No scalable target found for service namespace: {namespace}, resource ID: "
                f"{r_id}, scalable dimension: {dimension}",
            )
        super().deregister_scalable_target(namespace, r_id, dimension)
        for key, policy in list(self.policies.items()):
            if policy.resource_id == r_id:
                del self.policies[key]

    def put_scaling_policy(
        self,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        policy_body: dict[str, Any],
        policy_type: str | None,
    ) -> Any:
        """Perform PutScalingPolicy: target tracking of the invocations per instance."""
        metric = (policy_body or {}).get("PredefinedMetricSpecification") or {}
        kind = metric.get("PredefinedMetricType")
        if policy_type != "TargetTrackingScaling" or kind != METRIC:
            raise AWSValidationException(
                f"The policy {policy_name} ({policy_type}, {kind}) is not supported here; use "
                f"TargetTrackingScaling with the predefined metric {METRIC}."
            )
        if not self._scalable_target_exists(resource_id, scalable_dimension):
            raise JsonRESTError(
                "ObjectNotFoundException", f"No scalable target registered for {resource_id}"
            )
        return super().put_scaling_policy(
            policy_name,
            service_namespace,
            resource_id,
            scalable_dimension,
            policy_body,
            policy_type,
        )

    def _check_variant(self, resource_id: str) -> None:
        endpoint, variant = _names(resource_id)
        found = sagemaker_backends[self.account_id][self.region_name].hosting.endpoints
        live = found[endpoint].live if endpoint in found else None
        if live is None or variant not in live.variants:
            raise AWSValidationException(
                f"There is no variant in service for the resource ID {resource_id}."
            )


def install() -> None:
    """Replace moto's back end by `ScalingBackend`."""
    applicationautoscaling_backends.clear()
    applicationautoscaling_backends.backend = ScalingBackend


def targets(account_id: str, region_name: str) -> Iterator[ScalableTarget]:
    """Yield the registered variants."""
    backend = applicationautoscaling_backends[account_id][region_name]
    policies = {policy.resource_id: policy for policy in list(backend.policies.values())}
    for target in list(backend.targets.get(DIMENSION, {}).values()):
        endpoint, variant = _names(target.resource_id)
        policy = policies.get(target.resource_id)
        yield ScalableTarget(
            endpoint=endpoint,
            variant=variant,
            min_capacity=int(target.min_capacity),
            max_capacity=int(target.max_capacity),
            policy=policy.target_tracking_scaling_policy_configuration if policy else None,
        )


def _names(resource_id: str) -> tuple[str, str]:
    """Return the names in `endpoint/<name>/variant/<name>`."""
    matched = re.fullmatch("endpoint/([^/]+)/variant/([^/]+)", resource_id)
    if matched is None:
        raise AWSValidationException(
            f"The resource ID {resource_id} must be endpoint/<name>/variant/<name>."
        )
    return matched[1], matched[2]
