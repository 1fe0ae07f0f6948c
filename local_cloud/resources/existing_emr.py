"""Creates clusters and applications of EMR that exist on AWS, and the service role of clusters.

The role of the instances of a cluster belongs to its owner. Here it may do everything in S3 and
with keys, as the laptop cloud does not know what the owner allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.emr.api import cluster_backend
from local_cloud.emr.serverless import serverless_backend
from local_cloud.resources.existing_network import next_id

Properties = Mapping[str, Any]
# Service name -> client with the credentials of the administrator.
Clients = Callable[[str], Any]
_RELEASE = "emr-7.12.0"
_OWNER = {"Effect": "Allow", "Action": ["kms:*", "s3:*"], "Resource": "*"}


def _cluster(clients: Clients, identifier: str, properties: Properties) -> bool:
    emr = clients("emr")
    try:
        emr.describe_cluster(ClusterId=identifier)
    except emr.exceptions.ClientError:
        service, instances = f"EMR_{identifier}", f"EMR_EC2_{identifier}"
        _service_role(clients, service, properties)
        _trusting(clients, instances, "ec2.amazonaws.com")
        _profile(clients, instances)
        group = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}
        with next_id(cluster_backend, "new_id", identifier):
            emr.run_job_flow(
                Name=identifier,
                ReleaseLabel=_RELEASE,
                Applications=[{"Name": "Spark"}],
                Instances={"InstanceGroups": [group], "KeepJobFlowAliveWhenNoSteps": True},
                JobFlowRole=instances,
                ServiceRole=service,
            )
        return True
    return False


def _application(clients: Clients, identifier: str, properties: Properties) -> bool:
    serverless = clients("emr-serverless")
    try:
        serverless.get_application(applicationId=identifier)
    except serverless.exceptions.ResourceNotFoundException:
        with next_id(serverless_backend, "new_id", identifier):
            serverless.create_application(
                name=identifier, releaseLabel=_RELEASE, type="SPARK", clientToken=identifier
            )
        return True
    return False


def _service_role(clients: Clients, identifier: str, properties: Properties) -> bool:
    return _trusting(clients, identifier, "elasticmapreduce.amazonaws.com")


def _trusting(clients: Clients, identifier: str, service: str) -> bool:
    """Create a role that a service may assume; return False if it exists."""
    iam = clients("iam")
    path, _, name = identifier.rpartition("/")
    try:
        iam.get_role(RoleName=name)
    except iam.exceptions.NoSuchEntityException:
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        iam.create_role(
            RoleName=name,
            Path=f"/{path}/" if path else "/",
            AssumeRolePolicyDocument=_document(trust),
        )
        iam.put_role_policy(RoleName=name, PolicyName="owner", PolicyDocument=_document(_OWNER))
        return True
    return False


def _profile(clients: Clients, name: str) -> None:
    iam = clients("iam")
    try:
        iam.get_instance_profile(InstanceProfileName=name)
    except iam.exceptions.NoSuchEntityException:
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


CREATORS: Mapping[str, Callable[[Clients, str, Properties], bool]] = {
    "AWS::EMR::Cluster": _cluster,
    "AWS::EMRServerless::Application": _application,
    "EMR::ServiceRole": _service_role,
}
