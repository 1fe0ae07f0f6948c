"""Steps that run outside SageMaker: a function, or a consumer of a queue.

Later steps may read the outputs that the step declares (`OutputParameters`).
"""

from pipeline_code.compiler.lint.aws.step_type import StepType

STEP_TYPES = (
    StepType(name="Lambda", texts=("FunctionArn",), retried=frozenset()),
    StepType(name="Callback", texts=("SqsQueueUrl",), retried=frozenset()),
)
