"""The flow log of a VPC."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.common.inline_policy import accept_default_policy
from stacks.common.log_group import log_group
from stacks.common.service_trust import trusted
from stacks.config import Retention


class FlowLog(Construct):
    """Log all traffic of `vpc` to its own log group, with a role that may write only there."""

    def __init__(
        self, scope: Construct, name: str, *, vpc: ec2.IVpc, key: kms.IKey, retention: Retention
    ) -> None:
        super().__init__(scope, name)
        group = log_group(self, "LogGroup", retention, key)
        role = iam.Role(
            self,
            "Role",
            assumed_by=trusted(self, "vpc-flow-logs.amazonaws.com", source_arn=_any_flow_log(self)),
            description="Writes the VPC's flow log",
        )
        ec2.FlowLog(
            self,
            "Resource",
            resource_type=ec2.FlowLogResourceType.from_vpc(vpc),
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role),
            traffic_type=ec2.FlowLogTrafficType.ALL,
        )
        accept_default_policy(role)


def _any_flow_log(scope: Construct) -> str:
    """Accept the wildcard: the flow log's id is unknown before the role exists.

    Source: VPC User Guide, "IAM role for flow logs".
    """
    return cdk.Stack.of(scope).format_arn(service="ec2", resource="vpc-flow-log", resource_name="*")
