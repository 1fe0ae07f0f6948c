"""Endpoints and their models."""

from pipeline_code.compiler.lint.aws.step_type import StepType

STEP_TYPES = (
    StepType(name="EndpointConfig", properties=("DescribeEndpointConfigOutput",)),
    StepType(name="Endpoint", properties=("DescribeEndpointOutput",)),
    StepType(name="InferenceComponent", properties=("DescribeInferenceComponentOutput",)),
)
