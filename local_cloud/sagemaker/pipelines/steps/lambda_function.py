"""Lambda steps. Source: the Lambda step of the pipeline definition JSON."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.sagemaker.pipelines.step_context import StepContext, StepFailed, StepResult
from local_cloud.sagemaker.pipelines.step_executor import StepExecutor


def _run(context: StepContext) -> StepResult:
    """Invoke the function with the arguments. Its declared outputs become properties."""
    function_arn = context.evaluate(context.step.members["FunctionArn"])
    context.report({"Lambda": {"Arn": function_arn}})
    payload = json.dumps(context.arguments).encode()
    answer = context.client("lambda").invoke(FunctionName=function_arn, Payload=payload)
    result = json.loads(answer["Payload"].read() or "null")
    if "FunctionError" in answer:
        raise StepFailed(f"ClientError: The Lambda function {function_arn} failed: {_why(result)}")
    outputs = _outputs(context, result)
    shown = [{"Name": name, "Value": str(value)} for name, value in outputs.items()]
    context.report({"Lambda": {"Arn": function_arn, "OutputParameters": shown}})
    return StepResult({"OutputParameters": outputs})


def _outputs(context: StepContext, result: Any) -> dict[str, Any]:
    names = [output["OutputName"] for output in context.step.members.get("OutputParameters") or ()]
    given = result if isinstance(result, dict) else {}
    missing = [name for name in names if name not in given]
    if missing:
        raise StepFailed(
            "ClientError: The response of the Lambda function does not contain the declared "
            f"outputs {missing}; it has {sorted(given)}."
        )
    return {name: given[name] for name in names}


def _why(result: Any) -> str:
    if not isinstance(result, dict):
        return str(result)
    return f"{result.get('errorType', 'Error')}: {result.get('errorMessage', result)}"


EXECUTOR = StepExecutor(
    type="Lambda",
    run=_run,
    members=frozenset({"FunctionArn", "OutputParameters"}),
)
