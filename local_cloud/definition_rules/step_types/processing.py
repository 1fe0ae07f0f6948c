"""Rules for Processing steps that are not in the model of the API."""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step, objects_at
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

_SOURCES = ("S3Input", "DatasetDefinition")
_DATA_SETS = ("AthenaDatasetDefinition", "RedshiftDatasetDefinition")
_LOCAL_ROOT = "/opt/ml/processing/"


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield an empty image, inputs without a source, and inputs with an invalid path."""
    application = step.arguments.get("AppSpecification")
    if isinstance(application, dict) and application.get("ImageUri") == "":
        path = f"{step.path}.Arguments.AppSpecification.ImageUri"
        yield Finding("no image", step.name, path, "", "the URI of an image", "name an image")
    for index, source in enumerate(objects_at(step.arguments, "ProcessingInputs")):
        path = f"{step.path}.Arguments.ProcessingInputs[{index}]"
        yield from _exactly_one(step, path, source, _SOURCES, "processing input")
        data_set = source.get("DatasetDefinition")
        if isinstance(data_set, dict):
            path = f"{path}.DatasetDefinition"
            yield from _exactly_one(step, path, data_set, _DATA_SETS, "dataset definition")
            yield from _local_path(step, f"{path}.LocalPath", data_set, source)


def _exactly_one(
    step: Step, path: str, value: dict[str, Any], keys: tuple[str, str], what: str
) -> Iterator[Finding]:
    given = [key for key in keys if isinstance(value.get(key), dict)]
    if len(given) != 1:
        have = f"both {' and '.join(keys)}" if given else f"neither {' nor '.join(keys)}"
        rule = f"{what} with {have}"
        allowed, remedy = f"exactly one of {' and '.join(keys)}", "use one of them"
        yield Finding(rule, step.name, path, value, allowed, remedy)


def _local_path(
    step: Step, path: str, data_set: dict[str, Any], source: dict[str, Any]
) -> Iterator[Finding]:
    local = data_set.get("LocalPath")
    if not source.get("AppManaged") and not str(local).startswith(_LOCAL_ROOT):
        rule, allowed = "data set at an invalid path", f"a path below {_LOCAL_ROOT}"
        yield Finding(rule, step.name, path, local, allowed, "change the local path")


STEP_TYPES = (
    StepType(
        name="Processing",
        request="CreateProcessingJobRequest",
        own_name="ProcessingJobName",
        properties=("DescribeProcessingJobResponse",),
        check=check,
    ),
)
