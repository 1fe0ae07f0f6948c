"""Rules on retry policies, which no model of the API describes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html
"""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition, one_of
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import step_type


def check(definition: Definition) -> Iterator[Finding]:
    """Yield policies for unknown errors, and policies of steps that SageMaker never retries."""
    for step in definition.steps:
        policies = step.document.get("RetryPolicies", [])
        if policies and not step_type(step).retried:
            path, allowed = f"{step.path}.RetryPolicies", f"none on a {step.type} step"
            rule, remedy = "retry policies on a step without retries", "remove them"
            yield Finding(rule, step.name, path, policies, allowed, remedy)
            continue
        for index, policy in enumerate(policies):
            yield from _policy(step, f"{step.path}.RetryPolicies[{index}]", policy)


def _policy(step: Step, path: str, policy: dict[str, Any]) -> Iterator[Finding]:
    known = step_type(step).retried
    for kind in policy.get("ExceptionType", []):
        if kind not in known:
            rule, path = "unknown retry exception", f"{path}.ExceptionType"
            yield Finding(rule, step.name, path, kind, one_of(known), "name one of these")
    if "MaxAttempts" in policy and "ExpireAfterMin" in policy:
        allowed = "one of MaxAttempts and ExpireAfterMin, not both"
        rule, remedy = "retry policy with two bounds", "remove one of them"
        yield Finding(rule, step.name, path, policy, allowed, remedy)
