"""Models, and versions of model package groups."""

from local_cloud.definition_rules.step_type import SERVICE_FAULTS, StepType

STEP_TYPES = (
    StepType(
        name="Model",
        request="CreateModelInput",
        own_name="ModelName",
        properties=("DescribeModelOutput",),
        retried=SERVICE_FAULTS,
    ),
    StepType(
        name="RegisterModel",
        request="CreateModelPackageInput",
        own_name="ModelPackageName",
        properties=("DescribeModelPackageOutput",),
        retried=SERVICE_FAULTS,
    ),
)
