"""Exceptions from the checks of cdk-nag, checkov, cfn-lint and CDK, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept one finding at `construct`.

    The form of `rule` selects the tool: rules of cfn-lint ("W3005") and checkov ("CKV_AWS_111") are
    written to the resource's metadata, where these tools read them. All other rules are
    acknowledged through CDK.
    """
    if re.fullmatch(r"[EWI]\d{4}", rule):
        _ignore_in_cfn_lint(_resource(construct), rule, reason)
    elif rule.startswith("CKV"):
        _skip_in_checkov(_resource(construct), rule, reason)
    else:
        _tell_cdk(construct, rule, reason)


def acknowledge_wildcards(construct: IConstruct, resources: Iterable[str], reason: str) -> None:
    """Accept the wildcards in a policy's `resources`; other resources are not affected."""
    for resource in resources:
        name = _flat(cdk.Stack.of(construct).resolve(resource))
        if "*" in name:
            acknowledge(construct, f"AwsSolutions-IAM5[Resource::{name}]", reason)


def _tell_cdk(construct: IConstruct, rule: str, reason: str) -> None:
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def _ignore_in_cfn_lint(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    reasons = (resource.get_metadata("cfn-lint") or {"reasons": {}})["reasons"] | {rule: reason}
    config = {"ignore_checks": sorted(reasons)}
    resource.add_metadata("cfn-lint", {"config": config, "reasons": reasons})


def _skip_in_checkov(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    skipped = (resource.get_metadata("checkov") or {"skip": []})["skip"]
    skip = [*skipped, {"id": rule, "comment": reason}]
    resource.add_metadata("checkov", {"skip": skip})


def _resource(construct: IConstruct) -> cdk.CfnResource:
    return cast(cdk.CfnResource, construct.node.default_child or construct)


def _flat(value: Any) -> str:
    """Return a resolved ARN in the form that cdk-nag uses in the names of its findings."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::Sub": str(text)} | str(text):
            return text.replace("${", "<").replace("}", ">")
    raise ValueError(f"{value!r} is not an ARN: expected Fn::Join, Fn::GetAtt, Fn::Sub or Ref")
