"""`stop`: stop a running execution."""

from __future__ import annotations

from operations.environment_clients import EnvironmentClients
from operations.errors import explained_rejection
from operations.executions.lookup import find_execution
from operations.options import Execution, Json
from operations.output import show

HELP = "Stop a running execution and the jobs of its steps."
POLICY = "operator"
EXAMPLES = ("redline stop latest", "redline --env dev stop tickit/latest")


def run(aws: EnvironmentClients, execution: Execution, *, as_json: Json = False) -> int:
    """Request the stop. The steps may need some seconds to end."""
    arn = find_execution(aws, execution)
    with explained_rejection():
        aws.clients("sagemaker").stop_pipeline_execution(PipelineExecutionArn=arn)
    execution_id = arn.rpartition("/")[2]
    show(
        {"execution_id": execution_id, "execution_arn": arn, "status": "Stopping"},
        text=f"Execution {execution_id} is stopping.",
        as_json=as_json,
    )
    return 0
