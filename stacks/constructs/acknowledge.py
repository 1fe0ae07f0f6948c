"""Exceptions from the checks of cdk-nag, checkov, cfn-lint and CDK itself, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Take one finding at `construct` as right: of cdk-nag, or of checkov ("CKV_AWS_111").

    checkov reads the resource's metadata.
    """
    if rule.startswith("CKV"):
        _skip_in_checkov(_resource(construct), rule, reason)
    else:
        _record(construct, rule, reason)


def acknowledge_wildcards(construct: IConstruct, resources: Iterable[str], reason: str) -> None:
    """Take the wildcards in a policy's `resources` as right; other resources are left alone."""
    for resource in resources:
        name = _flat(cdk.Stack.of(construct).resolve(resource))
        if "*" in name:
            acknowledge(construct, f"AwsSolutions-IAM5[Resource::{name}]", reason)


def accept_lint(construct: IConstruct, rule: str, reason: str) -> None:
    """Take one finding of cfn-lint at the resource of `construct` as right.

    CDK's own validation knows the same rules; cfn-lint reads the resource's metadata.
    """
    _record(construct, f"CloudFormation-Validate::{rule}", reason)
    _resource(construct).add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}})


def _record(construct: IConstruct, rule: str, reason: str) -> None:
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def _skip_in_checkov(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    skipped = (resource.get_metadata("checkov") or {"skip": []})["skip"]
    skip = [*skipped, {"id": rule, "comment": reason}]
    resource.add_metadata("checkov", {"skip": skip})


def _resource(construct: IConstruct) -> cdk.CfnResource:
    return cast(cdk.CfnResource, construct.node.default_child or construct)


def _flat(value: Any) -> str:
    """A resolved ARN as cdk-nag writes it in the names of its findings."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::Sub": str(text)} | str(text):
            return text.replace("${", "<").replace("}", ">")
    raise ValueError(f"{value!r} is no ARN made of Fn::Join, Fn::GetAtt, Fn::Sub and Ref")
