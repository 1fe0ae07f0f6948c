"""Types of steps whose requests no model of SageMaker's API describes."""

from pipeline_code.compiler.lint.aws.step_type import StepType

STEP_TYPES = (
    StepType(name="AutoML"),
    StepType(name="Cleanup", properties=()),
    StepType(name="EMR"),
    StepType(name="EMRServerless"),
    StepType(name="ForEach", retried=frozenset()),
    StepType(name="Job"),
    StepType(name="Lineage"),
)
