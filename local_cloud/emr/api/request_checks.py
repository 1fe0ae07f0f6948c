"""The members of requests that the laptop cloud applies. It rejects all others by name.

https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.emr.api.exceptions import ValidationError
from local_cloud.emr.supported_members import unsupported_member
from local_cloud.sagemaker.containers.spark_processing.configuration import properties_of
from local_cloud.sagemaker.containers.spark_processing.submit_error import SubmitError

Members = Mapping[str, Any]
_CLUSTER = frozenset(
    {
        *("Applications", "Configurations", "Instances", "JobFlowRole", "LogUri", "Name"),
        *("ReleaseLabel", "ServiceRole", "StepConcurrencyLevel", "Steps", "Tags"),
        # They size or place instances, or hide the cluster from other users.
        *("EbsRootVolumeSize", "ManagedScalingPolicy", "ScaleDownBehavior", "VisibleToAllUsers"),
    }
)
_INSTANCES = frozenset(
    {
        *("Ec2SubnetId", "Ec2SubnetIds", "EmrManagedMasterSecurityGroup"),
        *("EmrManagedSlaveSecurityGroup", "InstanceCount", "InstanceFleets", "InstanceGroups"),
        *("KeepJobFlowAliveWhenNoSteps", "MasterInstanceType", "ServiceAccessSecurityGroup"),
        *("SlaveInstanceType", "TerminationProtected"),
    }
)
_REQUIRED = ("Name", "Instances", "JobFlowRole", "ServiceRole", "ReleaseLabel")


def check_cluster(request: Members) -> None:
    """Raise ValidationError for a RunJobFlow that the laptop cloud cannot perform."""
    for name in _REQUIRED:
        if not request.get(name):
            raise ValidationError(f"{name} is required.")
    _only("", request, _CLUSTER)
    instances = request["Instances"]
    _only("Instances.", instances, _INSTANCES)
    if instances.get("TerminationProtected"):
        raise ValidationError("TerminationProtected is not supported by the laptop cloud")
    properties(request)


def properties(request: Members) -> dict[str, str]:
    """Return the properties of Spark in Configurations. Raises ValidationError for others."""
    try:
        return properties_of(request.get("Configurations") or [], source="Configurations")
    except SubmitError as error:
        raise ValidationError(str(error)) from error


def _only(path: str, given: Members, known: frozenset[str]) -> None:
    if reason := unsupported_member(path, given, known):
        raise ValidationError(reason)
