"""Automatic scaling of the endpoint."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from settings import VARIANT, Settings

logger = logging.getLogger()

SCALABLE_DIMENSION = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


@dataclass(frozen=True)
class Scaling:
    """Target tracking of the production variant by its invocations per instance."""

    autoscaling: Any
    settings: Settings

    def apply(self) -> None:
        """Apply the scaling limits of the stack. If minimum and maximum are equal, do not scale."""
        scaling = self.settings.requests["scaling"]
        if scaling["Min"] == scaling["Max"]:
            self.remove()
            return
        self.autoscaling.register_scalable_target(
            MinCapacity=scaling["Min"], MaxCapacity=scaling["Max"], **self._variant()
        )
        self.autoscaling.put_scaling_policy(
            PolicyName="invocations",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": float(scaling["InvocationsPerInstance"]),
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                },
            },
            **self._variant(),
        )

    def remove(self) -> None:
        """Deregister the variant. No-op if it is not registered."""
        try:
            self.autoscaling.deregister_scalable_target(**self._variant())
        except self.autoscaling.exceptions.ObjectNotFoundException:
            logger.info("%s is not scaled", self.settings.endpoint)

    def _variant(self) -> dict[str, str]:
        return {
            **SCALABLE_DIMENSION,
            "ResourceId": f"endpoint/{self.settings.endpoint}/variant/{VARIANT}",
        }
