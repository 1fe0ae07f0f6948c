"""Steps that are carried out outside of SageMaker: a function, or whoever reads a queue.

What later steps may read is what the step declares (`OutputParameters`).
"""

from pipeline_code.compiler.lint.aws.step_type import StepType

STEP_TYPES = (
    StepType(name="Lambda", texts=("FunctionArn",), retried=frozenset()),
    StepType(name="Callback", texts=("SqsQueueUrl",), retried=frozenset()),
)
