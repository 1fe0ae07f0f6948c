"""Resolves templates with constant names: `<stack/logical id>` for names that AWS generates.

The same names replace those of a deployment in recorded calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT, REGION = "123456789012", "us-east-1"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
# Type -> the property with the name of the resource, if the template sets it.
_NAMED_BY = {
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Redshift::Cluster": "ClusterIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SageMaker::Pipeline": "PipelineName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}
_ARNS = {
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
}
# Types for which Ref returns the ARN.
_REF_IS_ARN = frozenset({"AWS::SNS::Topic"})
# Types that calls identify by an attribute; the attribute's name replaces its value.
_BY_ATTRIBUTE = {
    "AWS::EC2::SecurityGroup": "GroupId",
    "AWS::Redshift::Cluster": "MasterPasswordSecretArn",
    "AWS::RedshiftServerless::Namespace": "Namespace.NamespaceArn",
    "AWS::RedshiftServerless::Workgroup": "Workgroup.WorkgroupArn",
}
# Types that calls identify by the last part of the result of Ref.
_BY_NAME = {*_ARNS, "AWS::EC2::Subnet"}
_HASH = re.compile(r"[0-9a-f]{64}")
_VARIABLE = re.compile(r"\$\{([^!}]+)\}")


@dataclass
class Templates:
    """The templates of one environment, by stack name."""

    by_stack: Mapping[str, Mapping[str, Any]]
    _exports: dict[str, str] = field(default_factory=dict)

    def resources(self, *kinds: str) -> list[tuple[str, str, Mapping[str, Any]]]:
        """Return stack, logical id and properties of every resource of these types."""
        return [
            (stack, logical_id, resource.get("Properties", {}))
            for stack, template in self.by_stack.items()
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] in kinds
        ]

    def name(self, stack: str, logical_id: str) -> str:
        """Return the resource's name in the template, or `<stack/logical id>`."""
        resource = self.by_stack[stack]["Resources"][logical_id]
        given = resource.get("Properties", {}).get(_NAMED_BY.get(resource["Type"], ""))
        return f"<{stack}/{logical_id}>" if given is None else self.resolved(given, stack)

    def resolved(self, value: Any, stack: str) -> Any:
        """Return the value with its references resolved."""
        match value:
            case {"Ref": name}:
                return _PSEUDO[name] if name in _PSEUDO else self._ref(stack, name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._attribute(stack, name, attribute)
            case {"Fn::ImportValue": name}:
                return self._export(name)
            case {"Fn::Join": [delimiter, parts]}:
                return delimiter.join(self.resolved(part, stack) for part in parts)
            case {"Fn::Sub": str(text)}:
                return _VARIABLE.sub(lambda found: _PSEUDO[found.group(1)], text)
            case dict():
                return {key: self.resolved(item, stack) for key, item in value.items()}
            case list():
                return [self.resolved(item, stack) for item in value]
            case str():
                return _HASH.sub("<hash>", value)
        return value

    def _ref(self, stack: str, name: str) -> str:
        kind = self.by_stack[stack]["Resources"][name]["Type"]
        own = self.name(stack, name)
        return _ARNS[kind].format(own) if kind in _REF_IS_ARN else own

    def _attribute(self, stack: str, name: str, attribute: str) -> str:
        kind = self.by_stack[stack]["Resources"][name]["Type"]
        own = self.name(stack, name)
        if attribute == "Arn" and kind in _ARNS:
            return _ARNS[kind].format(own)
        return f"<{stack}/{name}.{attribute}>"

    def _export(self, name: str) -> str:
        if not self._exports:
            self._exports = {
                output["Export"]["Name"]: self.resolved(output["Value"], stack)
                for stack, template in self.by_stack.items()
                for output in template.get("Outputs", {}).values()
                if "Export" in output
            }
        return self._exports[name]


def deployed_names(
    templates: Templates, deployed: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Return name in a deployment -> name in these tests, the longest first.

    `deployed` is `stack/logical id` -> the results of Ref and GetAtt.
    """
    found: dict[str, str] = {}
    for place, given in deployed.items():
        stack, _, logical_id = place.partition("/")
        if stack not in templates.by_stack:
            continue
        if given["Type"] in _BY_ATTRIBUTE:
            attribute = _BY_ATTRIBUTE[given["Type"]]
            found[given[attribute]] = f"<{place}.{attribute}>"
        elif given["Type"] in _BY_NAME and (own := templates.name(stack, logical_id))[0] == "<":
            found[re.split("[/:]", str(given["Ref"]).rstrip("/"))[-1]] = own
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))
