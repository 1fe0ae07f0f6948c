"""The number of instances behind the endpoint."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from settings import VARIANT, Settings

logger = logging.getLogger()

SCALED = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


@dataclass(frozen=True)
class Scaling:
    """The number of the variant's instances, by target tracking of their invocations."""

    autoscaling: Any
    settings: Settings

    def set(self) -> None:
        """Scale as the stack says; a fixed number is not scaled."""
        scaling = self.settings.requests["scaling"]
        if scaling["Min"] == scaling["Max"]:
            self.clear()
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

    def clear(self) -> None:
        """Scale no more."""
        try:
            self.autoscaling.deregister_scalable_target(**self._variant())
        except self.autoscaling.exceptions.ObjectNotFoundException:
            logger.info("%s is not scaled", self.settings.endpoint)

    def _variant(self) -> dict[str, str]:
        return {**SCALED, "ResourceId": f"endpoint/{self.settings.endpoint}/variant/{VARIANT}"}
