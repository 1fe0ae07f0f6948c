"""Rules on requests: what botocore's model of the API says of each step's arguments."""

from collections.abc import Iterator

from pipeline_code.definition.document import Step
from pipeline_code.definition.findings import Finding
from pipeline_code.definition.lint.definition import Definition
from pipeline_code.definition.lint.service_model import shape
from pipeline_code.definition.lint.shapes import Walk

# Step type -> (shape of its arguments, the name that the service gives itself).
REQUESTS = {
    "Processing": ("CreateProcessingJobRequest", "ProcessingJobName"),
    "Training": ("CreateTrainingJobRequest", "TrainingJobName"),
    "Tuning": ("CreateHyperParameterTuningJobRequest", "HyperParameterTuningJobName"),
    "Transform": ("CreateTransformJobRequest", "TransformJobName"),
    "Model": ("CreateModelInput", "ModelName"),
    "RegisterModel": ("CreateModelPackageInput", "ModelPackageName"),
    "QualityCheck": ("CreateProcessingJobRequest", "ProcessingJobName"),
    "ClarifyCheck": ("CreateProcessingJobRequest", "ProcessingJobName"),
}
# Step type -> its field outside the arguments that must hold a text.
_TEXT_FIELDS = {"Lambda": "FunctionArn", "Callback": "SqsQueueUrl"}


def check(definition: Definition) -> Iterator[Finding]:
    """The requests that the API would reject, as far as that is known before a run."""
    for step in definition.steps:
        if step.type in REQUESTS:
            yield from _request(definition, step)
        yield from _texts(definition, step)


def _request(definition: Definition, step: Step) -> Iterator[Finding]:
    shape_name, own_name = REQUESTS[step.type]
    path = f"{step.path}.Arguments"
    arguments = {key: value for key, value in step.arguments.items() if key != own_name}
    walk = Walk(definition, step.name, given_by_service=own_name)
    yield from walk.value(shape(shape_name), arguments, path)
    if own_name in step.arguments:
        value, allowed = step.arguments[own_name], "none: SageMaker names what a pipeline makes"
        rule = "job name in a request"
        yield Finding(rule, step.name, f"{path}.{own_name}", value, allowed, "remove it")


def _texts(definition: Definition, step: Step) -> Iterator[Finding]:
    """The texts that steps without a request of SageMaker's hold."""
    walk = Walk(definition, step.name)
    field = _TEXT_FIELDS.get(step.type)
    if field:
        yield from walk.value(shape("String"), step.document.get(field), f"{step.path}.{field}")
    if step.type == "Fail" and "ErrorMessage" in step.arguments:
        path, message = f"{step.path}.Arguments.ErrorMessage", step.arguments["ErrorMessage"]
        yield from walk.value(shape("String"), message, path)
