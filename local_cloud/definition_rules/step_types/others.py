"""Types of steps whose requests are not in the model of SageMaker's API."""

from local_cloud.definition_rules.step_type import StepType

STEP_TYPES = (
    StepType(name="Cleanup", members=None, properties=()),
    StepType(name="ForEach", members=None, retried=frozenset()),
    StepType(name="Job", members=None),
    StepType(name="Lineage", members=None),
)
