"""Steps that run outside SageMaker: a function, or a consumer of a queue.

Later steps may read the outputs that the step declares (`OutputParameters`).
"""

from local_cloud.definition_rules.step_type import StepType

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
        texts=("SqsQueueUrl",),
        retried=frozenset(),
    ),
)
