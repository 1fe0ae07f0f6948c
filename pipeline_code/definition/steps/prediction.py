"""Steps around a prediction: which model makes it, and where its rows go in the warehouse."""

from collections.abc import Sequence
from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.mlops.workflow.lambda_step import LambdaStep

from pipeline_code.definition.steps import parameters
from pipeline_code.definition.steps.invocation import lambda_step


def latest_model_step(name: str) -> LambdaStep:
    """A step that finds the approved model that was registered last: output `model_package_arn`.

    The group is that of the pipeline whose models the environment says are used. While none is
    approved the step fails, and says so.
    """
    return lambda_step(
        name,
        function=parameters.LATEST_MODEL_FUNCTION,
        arguments={"model_package_group": parameters.MODEL_PACKAGE_GROUP},
        outputs=["model_package_arn"],
    )


def load_predictions_step(
    name: str,
    *,
    uri: Any,
    rows: Any,
    model_package_arn: Any,
    table: str,
    columns: Sequence[str],
) -> LambdaStep:
    """A step that copies the CSV files below `uri` into `table`: output `rows`.

    `columns` are the table's, in the files' order. Beside them each row gets `execution_id`,
    `model_package_arn` and `scored_at`. An execution that loads again replaces its own rows. The
    files must hold as many rows as `rows` says; otherwise nothing is loaded and the step fails.
    """
    arguments = {
        "s3_uri": uri,
        "rows": rows,
        "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
        "model_package_arn": model_package_arn,
        "table": table,
        "columns": ",".join(columns),
    }
    function = parameters.LOAD_PREDICTIONS_FUNCTION
    return lambda_step(name, function=function, arguments=arguments, outputs=["rows"])
