"""The requests with which a definition creates jobs and models."""

from typing import Any

from local_cloud.definition_rules.document import steps_of

# Type of a step -> the type of resource that it creates, as in ARNs.
_CREATED = {
    "AutoML": "automl-job",
    "Model": "model",
    "Processing": "processing-job",
    "Training": "training-job",
    "Transform": "transform-job",
    "Tuning": "hyper-parameter-tuning-job",
}


def job_requests(body: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return resource type -> the requests of all steps that create such a resource."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _CREATED.values()}
    for step in steps_of(body):
        if step.type in _CREATED:
            found[_CREATED[step.type]].append(step.arguments)
    return found


def parameter_defaults(body: dict[str, Any]) -> dict[str, Any]:
    """Return the default of each parameter that has one."""
    return {each["Name"]: each.get("DefaultValue") for each in body.get("Parameters", ())}
