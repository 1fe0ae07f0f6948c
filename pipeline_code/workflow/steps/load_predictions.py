"""The step that copies a run's predictions into the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.models import RegisteredModel
from pipeline_code.workflow.step_kind import DependsOn
from pipeline_code.workflow.steps.lambda_function import InvokeStep, invoke
from pipeline_code.workflow.variables import Environment, Uri


def load_predictions(
    p: Collector,
    name: str,
    predictions: Uri,
    *,
    rows: Any,
    model: RegisteredModel,
    table: str,
    columns: Sequence[str],
    depends_on: DependsOn = None,
) -> InvokeStep:
    """Add a step that copies the CSV files below `predictions` into `table`; its output is `rows`.

    `columns` are the table's columns, in the order of the files. The step adds `execution_id`,
    `model_package_arn` and `scored_at` to each row. If an execution is loaded again, its rows are
    replaced. If the number of rows in the files is not `rows`, no row is loaded and the step fails.
    """
    arguments = {
        "s3_uri": predictions,
        "rows": rows,
        "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
        "model_package_arn": model.arn,
        "table": table,
        "columns": ",".join(columns),
    }
    function = Environment("LoadPredictionsFunctionArn")
    return invoke(p, name, function, arguments, outputs=["rows"], depends_on=depends_on)
