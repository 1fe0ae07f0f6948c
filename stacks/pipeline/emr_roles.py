"""The roles of jobs of EMR: who may assume them, and the profile of the instances of clusters."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from pipeline_code.compiler import JobRole
from stacks.common.service_trust import sagemaker, trusted


def principal(scope: Construct, role: JobRole) -> iam.IPrincipal:
    """Return the service that assumes the role of a job."""
    if role == "EmrCluster":
        # An instance, for which EC2 sets no source.
        return iam.ServicePrincipal("ec2.amazonaws.com")
    if role == "EmrServerless":
        return trusted(scope, "emr-serverless.amazonaws.com", source_arn=applications(scope, "*"))
    return sagemaker(scope)


def applications(scope: Construct, identifier: str) -> str:
    """Return the ARN of an application of EMR Serverless."""
    return cdk.Stack.of(scope).format_arn(
        service="emr-serverless",
        resource=f"/applications/{identifier}",
        arn_format=cdk.ArnFormat.NO_RESOURCE_NAME,
    )


def instance_profile(scope: Construct, jobs: Mapping[JobRole, iam.IRole]) -> dict[str, str]:
    """Create the profile of the instances of clusters, if steps create some; return its value."""
    if "EmrCluster" not in jobs:
        return {}
    name = jobs["EmrCluster"].role_name
    profile = iam.CfnInstanceProfile(scope, "EmrInstanceProfile", roles=[name])
    return {"EmrInstanceProfile": profile.ref}
