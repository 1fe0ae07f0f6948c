"""Clusters of EMR and applications of EMR Serverless that steps create.

https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_CreateApplication.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline_code.workflow.variables import Environment, Uri

# The newest release with the Spark version of the Spark image (3.5).
RELEASE = "emr-7.12.0"


@dataclass(frozen=True, kw_only=True)
class EmrCluster:
    """A cluster with Spark for one step, which ends with it.

    `primary` and `core` are instance types (texts or parameters), and `core_count` is the number of
    core nodes. `spark` are properties of spark-defaults. The roles and the subnet are those of the
    environment.
    """

    primary: Any = "m5.xlarge"
    core: Any = "m5.xlarge"
    core_count: Any = 2
    release: str = RELEASE
    spark: Mapping[str, str] = field(default_factory=dict)

    def request(self, tags: list[dict[str, Any]], logs: Uri) -> dict[str, Any]:
        """Return the request of RunJobFlow, without what SageMaker Pipelines sets."""
        groups = [("MASTER", self.primary, 1), ("CORE", self.core, self.core_count)]
        settings = {"Classification": "spark-defaults", "Properties": dict(self.spark)}
        return {
            "ReleaseLabel": self.release,
            "Applications": [{"Name": "Spark"}],
            "Instances": {
                "InstanceGroups": [
                    {"InstanceRole": role, "InstanceType": kind, "InstanceCount": count}
                    for role, kind, count in groups
                ],
                "Ec2SubnetId": Environment("EmrSubnetId"),
            },
            "JobFlowRole": Environment("EmrInstanceProfile"),
            "ServiceRole": Environment("EmrServiceRole"),
            "LogUri": logs,
            "Tags": tags,
            **({"Configurations": [settings]} if self.spark else {}),
        }


@dataclass(frozen=True, kw_only=True)
class EmrApplication:
    """A new application with Spark for a step. It stops when it is idle, and is not deleted.

    `cpu` ("16 vCPU") and `memory` ("64 GB") limit all workers together.
    """

    cpu: str = "16 vCPU"
    memory: str = "64 GB"
    release: str = RELEASE

    def request(self, name: str) -> dict[str, Any]:
        """Return the request of CreateApplication."""
        return {
            "name": name,
            "releaseLabel": self.release,
            "type": "SPARK",
            "maximumCapacity": {"cpu": self.cpu, "memory": self.memory},
        }
