"""Where jobs run: their machines, their network and how long they may take."""

from dataclasses import dataclass
from typing import Any

from pipeline_code.definition.steps import parameters


@dataclass(frozen=True)
class Instances:
    """The machines of a job; `type` and `count` may be pipeline parameters.

    Volumes are encrypted with the environment's key, which SageMaker refuses for types with
    local storage (m5d, g5 and their like): name a type without.
    """

    type: Any
    count: Any = 1
    volume_gb: int = 30

    def request(self) -> dict[str, Any]:
        """ClusterConfig of a processing job, ResourceConfig of a training job."""
        return {
            "InstanceType": self.type,
            "InstanceCount": self.count,
            "VolumeSizeInGB": self.volume_gb,
            "VolumeKmsKeyId": parameters.KMS_KEY,
        }


def vpc_config() -> dict[str, Any]:
    """The environment's private subnets and the security group of its jobs."""
    return {
        "SecurityGroupIds": [parameters.SECURITY_GROUP],
        "Subnets": [parameters.SUBNET_A, parameters.SUBNET_B],
    }


def time_limit(hours: int) -> dict[str, int]:
    """StoppingCondition of a job."""
    return {"MaxRuntimeInSeconds": hours * 3600}
