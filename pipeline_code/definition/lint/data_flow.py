"""Rules on inputs and outputs that the API's model does not hold but every run needs."""

from collections.abc import Iterator
from typing import Any

from pipeline_code.definition.document import Step, objects_at, references_of
from pipeline_code.definition.findings import Finding
from pipeline_code.definition.lint.definition import Definition
from pipeline_code.definition.lint.targets import EXECUTION_ID

_PROCESSING = ("Processing", "QualityCheck", "ClarifyCheck")
_SOURCES = ("S3Input", "DatasetDefinition")
_DATA_SETS = ("AthenaDatasetDefinition", "RedshiftDatasetDefinition")
_LOCAL_ROOT = "/opt/ml/processing/"


def check(definition: Definition) -> Iterator[Finding]:
    """Inputs without a source, and outputs that two executions would both write."""
    for step in definition.steps:
        if step.type in _PROCESSING:
            yield from _inputs(step)
        for path, uri in _output_uris(step):
            if EXECUTION_ID not in {target for _, target in references_of(uri)}:
                allowed = f"a URI joined from parts with {{'Get': '{EXECUTION_ID}'}} among them"
                rule, remedy = "output without the execution id", "add the execution id to it"
                yield Finding(rule, step.name, path, uri, allowed, remedy)


def _list(step: Step, *keys: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list in a step's arguments, with their paths."""
    path = ".".join((f"{step.path}.Arguments", *keys))
    for index, item in enumerate(objects_at(step.arguments, *keys)):
        yield f"{path}[{index}]", item


def _inputs(step: Step) -> Iterator[Finding]:
    for path, source in _list(step, "ProcessingInputs"):
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
        allowed, remedy = f"exactly one of {' and '.join(keys)}", "give one of them"
        yield Finding(rule, step.name, path, value, allowed, remedy)


def _local_path(
    step: Step, path: str, data_set: dict[str, Any], source: dict[str, Any]
) -> Iterator[Finding]:
    local = data_set.get("LocalPath")
    if not source.get("AppManaged") and not str(local).startswith(_LOCAL_ROOT):
        rule, allowed = "data set at a path that jobs do not have", f"a path below {_LOCAL_ROOT}"
        yield Finding(rule, step.name, path, local, allowed, "change the local path")


def _output_uris(step: Step) -> Iterator[tuple[str, Any]]:
    """The places in S3 that a step writes to, with their paths in the definition."""
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
