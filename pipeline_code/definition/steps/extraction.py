"""Extraction from the warehouse by UNLOAD: a query with bound parameters, as a step of its own."""

from collections.abc import Mapping
from typing import Any, Literal

from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.mlops.workflow.callback_step import CallbackStep
from sagemaker.mlops.workflow.lambda_step import LambdaStep

from pipeline_code.definition.steps import parameters
from pipeline_code.definition.steps.folder import PipelineFolder
from pipeline_code.definition.steps.invocation import callback_step, lambda_step, step_output
from pipeline_code.definition.steps.processing import s3_input

# What the function answers: where the files lie, the list of them, how many rows they hold, and
# the statement's id.
OUTPUTS = ("s3_uri", "manifest_uri", "rows", "query_id")


def extract_step(
    folder: PipelineFolder,
    name: str,
    *,
    query: str,
    values: Mapping[str, Any] | None = None,
    output_format: Literal["PARQUET", "CSV", "CSV_WITHOUT_HEADER"] = "PARQUET",
    partition_by: Any = "",
    parallel: bool = True,
    long: bool = False,
) -> LambdaStep | CallbackStep:
    """A step that unloads the rows of `query` to a prefix of this execution and this step.

    `values` are bound to the `:name`s of the query by the database, as text: cast them there. CSV
    is gzipped; transform jobs take it without header. `partition_by` is a column of the query,
    maybe as a parameter: its values become folders. A query that may take more than nine minutes
    is `long`: it is then started from a queue and answered when it ends.
    """
    arguments = {
        "query": query,
        "s3_uri": folder.unload_uri(name),
        "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
        "format": output_format,
        "partition_by": partition_by,
        "parallel": "ON" if parallel else "OFF",
        **{f"value_{key}": value for key, value in (values or {}).items()},
    }
    if long:
        queue = parameters.EXTRACT_QUEUE
        return callback_step(name, queue=queue, arguments=arguments, outputs=OUTPUTS)
    function = parameters.EXTRACT_FUNCTION
    return lambda_step(name, function=function, arguments=arguments, outputs=OUTPUTS)


def extracted_input(name: str, step: LambdaStep | CallbackStep) -> dict[str, Any]:
    """The files of an extraction, dealt out to the instances at /opt/ml/processing/input/<name>.

    Exactly those that the manifest lists: whatever else may lie beside them is not read.
    """
    manifest = step_output(step, "manifest_uri")
    return s3_input(name, manifest, distribution="ShardedByS3Key", data_type="ManifestFile")
