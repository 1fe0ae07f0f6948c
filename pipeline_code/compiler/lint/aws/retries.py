"""Rules on retry policies, which no model of the API describes."""

from collections.abc import Iterator
from typing import Any

from pipeline_code.compiler.document import Step
from pipeline_code.compiler.findings import Finding
from pipeline_code.compiler.lint.aws.definition import Definition, one_of
from pipeline_code.compiler.lint.aws.step_type import step_type


def check(definition: Definition) -> Iterator[Finding]:
    """Policies for errors that the service does not define, or on steps that it never retries."""
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
    if ("MaxAttempts" in policy) == ("ExpireAfterMin" in policy):
        allowed = "exactly one of MaxAttempts and ExpireAfterMin"
        rule, remedy = "retry policy without one bound", "give one of them"
        yield Finding(rule, step.name, path, policy, allowed, remedy)
