"""Types of steps that create endpoints."""

from local_cloud.definition_rules.step_type import StepType

STEP_TYPES = (
    StepType(name="EndpointConfig", members=None, properties=("DescribeEndpointConfigOutput",)),
    StepType(name="Endpoint", members=None, properties=("DescribeEndpointOutput",)),
    StepType(
        name="InferenceComponent", members=None, properties=("DescribeInferenceComponentOutput",)
    ),
)
