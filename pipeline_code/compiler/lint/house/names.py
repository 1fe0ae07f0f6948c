"""SageMaker names jobs and models (`pipelines-…`); roles and clean-up rely on the names.

AWS uses names as prefixes if a pipeline requests it (`use_custom_job_prefix` of the SDK).
"""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import step_type


def check(definition: Definition) -> Iterator[Finding]:
    """Requests that set a name."""
    for step in definition.steps:
        name = step_type(step).own_name
        if name and name in step.arguments:
            value, allowed = step.arguments[name], "none: SageMaker names what a pipeline makes"
            path, rule = f"{step.path}.Arguments.{name}", "job name in a request"
            yield Finding(rule, step.name, path, value, allowed, "remove it")
