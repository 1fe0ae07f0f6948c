"""The stack policy of a stack: the changes of its resources that CloudFormation refuses.

A template cannot set the policy of its stack. It is in the metadata of the template;
`redline protection set`, with which `make deploy` ends, sets it
(docs/decisions/0062-protection-is-a-stack-policy.md).
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

METADATA = "StackPolicy"
# Their replacement or deletion loses data, confirmed subscriptions or the history of executions.
STATEFUL_TYPES = (
    "AWS::EC2::VPC",
    "AWS::KMS::Key",
    "AWS::Redshift::Cluster",
    "AWS::RedshiftServerless::Namespace",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SageMaker::FeatureGroup",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::SageMaker::Pipeline",
)
_ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}


def keep_stateful(stack: cdk.Stack) -> None:
    """Refuse to replace or delete resources with data, and to delete the stack."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["Update:Replace", "Update:Delete"],
        "Resource": "*",
        "Condition": {"StringEquals": {"ResourceType": list(STATEFUL_TYPES)}},
    }
    _protect(stack, deny)


def keep_unchanged(stack: cdk.Stack, resource: cdk.CfnResource) -> None:
    """Refuse to change the resource, and to delete the stack."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "Update:*",
        "Resource": f"LogicalResourceId/{resource.logical_id}",
    }
    _protect(stack, deny)


def _protect(stack: cdk.Stack, statement: dict[str, Any]) -> None:
    metadata = dict(stack.template_options.metadata or {})
    known = metadata.get(METADATA, {"Statement": [_ALLOW]})["Statement"]
    policy = {"Statement": [*known, statement]}
    stack.template_options.metadata = {**metadata, METADATA: policy}
    stack.termination_protection = True
