"""Rules on requests: what botocore's model of the API says of each step's arguments."""

from collections.abc import Iterator

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
_TEXT_FIELDS = {"Fail": ("Arguments", "ErrorMessage"), "Lambda": ("FunctionArn",)}


def check(definition: Definition) -> Iterator[Finding]:
    """The requests that the API would reject, as far as that is known before a run."""
    for step in definition.steps:
        if step.type not in REQUESTS:
            continue
        shape_name, own_name = REQUESTS[step.type]
        arguments = {key: value for key, value in step.arguments.items() if key != own_name}
        walk = Walk(definition, step.name, given_by_service=own_name)
        yield from walk.value(shape(shape_name), arguments, f"{step.path}.Arguments")
        if own_name in step.arguments:
            yield Finding(
                "job name in a request",
                step.name,
                f"{step.path}.Arguments.{own_name}",
                step.arguments[own_name],
                "no name: SageMaker names what a pipeline makes",
                "remove it",
            )
