"""Steps that run outside SageMaker: a function, or a consumer of a queue.

Later steps may read the outputs that the step declares (`OutputParameters`). The ARN of a function
is a text. The URL of a queue may be an expression: AWS' sample of a Callback step reads it from a
parameter (GeoSpatialPipeline of awsdocs/aws-doc-sdk-examples).
"""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.service_model import shape
from local_cloud.definition_rules.shapes import Walk
from local_cloud.definition_rules.step_type import StepType


def check_queue(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield a queue URL that is missing or is not a text."""
    path, url = f"{step.path}.SqsQueueUrl", step.document.get("SqsQueueUrl")
    yield from Walk(definition, step.name).value(shape("String"), url, path)


STEP_TYPES = (
    StepType(
        name="Lambda",
        members=frozenset({"FunctionArn", "OutputParameters"}),
        texts=("FunctionArn",),
        retried=frozenset(),
    ),
    StepType(
        name="Callback",
        members=frozenset({"SqsQueueUrl", "OutputParameters"}),
        retried=frozenset(),
        check=check_queue,
    ),
)
