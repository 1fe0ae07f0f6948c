"""Parameters must be used: an unused parameter misleads the person who starts a run."""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.findings import Finding


def check(definition: Definition) -> Iterator[Finding]:
    """Yield parameters without a reference."""
    used = {reference.target for reference in definition.references}
    for path, parameter in definition.parameter_list:
        name = parameter.get("Name")
        if f"Parameters.{name}" not in used:
            allowed, remedy = "parameters that a step uses", "use it in a step or remove it"
            yield Finding("unused parameter", "", f"{path}.Name", name, allowed, remedy)
