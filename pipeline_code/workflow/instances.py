"""The instances of a job, its network and its maximum runtime."""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

from pipeline_code.workflow.environment import KMS_KEY, SECURITY_GROUP, SUBNETS

# A "d" after the generation is a local disk (m5d, g4dn, p4de); these families always have one.
LOCAL_STORAGE = re.compile(
    r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g5|g6|g6e|gr6|p5|p5e|p5en|trn1|trn1n|trn2)\."
)


@dataclass(frozen=True)
class Instances:
    """The instances of a job; `type` and `count` may be pipeline parameters.

    Volumes are encrypted with the environment's key. Instances with local storage, such as those
    with GPUs, encrypt it themselves, and SageMaker rejects a key for them. Whether there is a key
    is decided by the default of a pipeline parameter, so a start must not change the kind.
    """

    type: Any
    count: Any = 1
    volume_gb: int = 30

    def one(self) -> Self:
        """A single instance of the same type, for work that cannot be distributed."""
        return replace(self, count=1)

    def request(self) -> dict[str, Any]:
        """Return the ClusterConfig of a processing job, or the ResourceConfig of a training job."""
        return {**self._number, "VolumeSizeInGB": self.volume_gb, **self._key}

    def transform_request(self) -> dict[str, Any]:
        """Return the TransformResources of a transform job, whose volume has a fixed size."""
        return {**self._number, **self._key}

    @property
    def _number(self) -> dict[str, Any]:
        return {"InstanceType": self.type, "InstanceCount": self.count}

    @property
    def _key(self) -> dict[str, Any]:
        return {} if _has_local_storage(self.type) else {"VolumeKmsKeyId": KMS_KEY}


def _has_local_storage(instance_type: Any) -> bool:
    """Whether a type, or the default of a parameter, is of a family with local storage.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html,
    VolumeKmsKeyId; https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html lists the families.
    """
    text = str(getattr(instance_type, "default_value", instance_type))
    return LOCAL_STORAGE.match(text) is not None


def vpc_config() -> dict[str, Any]:
    """Return the environment's private subnets and the security group of its jobs."""
    return {"SecurityGroupIds": [SECURITY_GROUP], "Subnets": list(SUBNETS)}


def time_limit(hours: int) -> dict[str, int]:
    """Return the StoppingCondition of a job."""
    return {"MaxRuntimeInSeconds": hours * 3600}
