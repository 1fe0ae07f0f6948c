"""Each run must write only below its own execution ID, so that runs are independent."""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step, references_of
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.targets import EXECUTION_ID
from pipeline_code.compiler.lint.house.request_members import DATA_SETS, items, member


def check(definition: Definition) -> Iterator[Finding]:
    """Yield outputs that are the same in two executions."""
    for step in definition.steps:
        for path, uri in _output_uris(step):
            if EXECUTION_ID not in {target for _, target in references_of(uri)}:
                allowed = f"a URI joined from parts that include {{'Get': '{EXECUTION_ID}'}}"
                rule, remedy = "output without the execution id", "add the execution id to it"
                yield Finding(rule, step.name, path, uri, allowed, remedy)


def _output_uris(step: Step) -> Iterator[tuple[str, Any]]:
    """Yield the S3 URIs to which a step writes, with their paths in the definition."""
    for path, output in items(step, "ProcessingOutputConfig", "Outputs"):
        yield from member(path, output, "S3Output", "S3Uri")
    for path, source in items(step, "ProcessingInputs"):
        for kind in DATA_SETS:
            yield from member(path, source, "DatasetDefinition", kind, "OutputS3Uri")
    arguments = f"{step.path}.Arguments"
    yield from member(arguments, step.arguments, "OutputDataConfig", "S3OutputPath")
    yield from member(arguments, step.arguments, "TransformOutput", "S3OutputPath")
    yield from member(arguments, step.arguments, "CheckpointConfig", "S3Uri")
    tuning = ("TrainingJobDefinition", "OutputDataConfig", "S3OutputPath")
    yield from member(arguments, step.arguments, *tuning)
    for path, job in items(step, "TrainingJobDefinitions"):
        yield from member(path, job, *tuning[1:])
