"""`retry`: continue a failed or stopped execution with the steps that did not succeed."""

from __future__ import annotations

from operations.environment_clients import EnvironmentClients
from operations.errors import explained_rejection
from operations.executions.lookup import find_execution
from operations.executions.progress import wait
from operations.options import Execution, Json, NoWait
from operations.output import show

HELP = "Run the failed steps of an execution again, and the steps after them; follow it."
POLICY = "operator"
EXAMPLES = ("redline retry latest", "redline --env prod retry tickit/latest --no-wait")


def run(
    aws: EnvironmentClients,
    execution: Execution,
    *,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> int:
    """Call RetryPipelineExecution, then wait unless --no-wait is set."""
    arn = find_execution(aws, execution)
    with explained_rejection():
        aws.clients("sagemaker").retry_pipeline_execution(PipelineExecutionArn=arn)
    if not no_wait:
        return wait(aws, arn, json=as_json)
    execution_id = arn.rpartition("/")[2]
    show(
        {"execution_id": execution_id, "execution_arn": arn, "status": "Executing"},
        text=f"Execution {execution_id} runs again. See it with `redline describe {execution_id}`.",
        as_json=as_json,
    )
    return 0
