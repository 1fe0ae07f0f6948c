"""Definitions must not set names of jobs or models: roles and clean-up need the generated names.

SageMaker Pipelines generates names (`pipelines-…`). If the SDK sets `use_custom_job_prefix`, AWS
uses the names in requests as prefixes.
"""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import step_type


def check(definition: Definition) -> Iterator[Finding]:
    """Yield requests that set a name."""
    for step in definition.steps:
        name = step_type(step).own_name
        if name and name in step.arguments:
            value, allowed = step.arguments[name], "none: SageMaker generates the names"
            path, rule = f"{step.path}.Arguments.{name}", "job name in a request"
            yield Finding(rule, step.name, path, value, allowed, "remove it")
