"""The instances of a job, its network and its maximum runtime."""

from dataclasses import dataclass, replace
from typing import Any, Self

from pipeline_code.workflow.environment import KMS_KEY, SECURITY_GROUP, SUBNETS


@dataclass(frozen=True)
class Instances:
    """The instances of a job; `type` and `count` may be pipeline parameters.

    Volumes are encrypted with the environment's key. SageMaker rejects a key for instance types
    with local storage (such as m5d and g5): select a type without local storage.
    """

    type: Any
    count: Any = 1
    volume_gb: int = 30

    def one(self) -> Self:
        """A single instance of the same type, for work that cannot be distributed."""
        return replace(self, count=1)

    def request(self) -> dict[str, Any]:
        """Return the ClusterConfig of a processing job, or the ResourceConfig of a training job."""
        return {
            "InstanceType": self.type,
            "InstanceCount": self.count,
            "VolumeSizeInGB": self.volume_gb,
            "VolumeKmsKeyId": KMS_KEY,
        }


def vpc_config() -> dict[str, Any]:
    """Return the environment's private subnets and the security group of its jobs."""
    return {"SecurityGroupIds": [SECURITY_GROUP], "Subnets": list(SUBNETS)}


def time_limit(hours: int) -> dict[str, int]:
    """Return the StoppingCondition of a job."""
    return {"MaxRuntimeInSeconds": hours * 3600}
