"""Each run must write only below its own execution ID, so that runs are independent."""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step, objects_at, references_of
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.targets import EXECUTION_ID

_DATA_SETS = ("AthenaDatasetDefinition", "RedshiftDatasetDefinition")


def check(definition: Definition) -> Iterator[Finding]:
    """Yield outputs that are the same in two executions."""
    for step in definition.steps:
        for path, uri in _output_uris(step):
            if EXECUTION_ID not in {target for _, target in references_of(uri)}:
                allowed = f"a URI joined from parts that include {{'Get': '{EXECUTION_ID}'}}"
                rule, remedy = "output without the execution id", "add the execution id to it"
                yield Finding(rule, step.name, path, uri, allowed, remedy)


def _list(step: Step, *keys: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a list in a step's arguments, with their paths."""
    path = ".".join((f"{step.path}.Arguments", *keys))
    for index, item in enumerate(objects_at(step.arguments, *keys)):
        yield f"{path}[{index}]", item


def _output_uris(step: Step) -> Iterator[tuple[str, Any]]:
    """Yield the S3 URIs to which a step writes, with their paths in the definition."""
    for path, output in _list(step, "ProcessingOutputConfig", "Outputs"):
        yield from _uri(path, output, "S3Output", "S3Uri")
    for path, source in _list(step, "ProcessingInputs"):
        for kind in _DATA_SETS:
            yield from _uri(path, source, "DatasetDefinition", kind, "OutputS3Uri")
    arguments = f"{step.path}.Arguments"
    yield from _uri(arguments, step.arguments, "OutputDataConfig", "S3OutputPath")
    yield from _uri(arguments, step.arguments, "TransformOutput", "S3OutputPath")
    tuning = ("TrainingJobDefinition", "OutputDataConfig", "S3OutputPath")
    yield from _uri(arguments, step.arguments, *tuning)
    for path, job in _list(step, "TrainingJobDefinitions"):
        yield from _uri(path, job, *tuning[1:])


def _uri(path: str, value: Any, *keys: str) -> Iterator[tuple[str, Any]]:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return
        value = value[key]
    yield ".".join((path, *keys)), value
