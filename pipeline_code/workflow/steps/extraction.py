"""Steps that unload a query with bound values from the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sagemaker.core.workflow.execution_variables import ExecutionVariables

from pipeline_code.compiler.manifest import Access
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.incremental import Incremental
from pipeline_code.workflow.inputs import Files
from pipeline_code.workflow.step_kind import STATUS, DependsOn, OfStep
from pipeline_code.workflow.steps.callback import WaitStep, callback
from pipeline_code.workflow.steps.lambda_function import InvokeStep, invoke
from pipeline_code.workflow.steps.new_data import NewData
from pipeline_code.workflow.variables import Environment, Uri

# The outputs of the function: the prefix of the files, their manifest, the number of rows and the
# ID of the statement.
OUTPUTS = ("s3_uri", "manifest_uri", "rows", "query_id")
# Those of an incremental extraction: the rows that were unloaded and those that the lake had
# already, and a text that names their days.
OUTPUTS_OF_DAYS = ("unloaded_rows", "kept_rows", "message")


@dataclass(frozen=True, kw_only=True)
class Extraction(Files, OfStep):
    """The files in the manifest of an extraction, distributed over the instances.

    `extraction["rows"]` is the number of rows. `step` is the step that unloads them.
    """

    step: InvokeStep | WaitStep

    def __getitem__(self, output: str) -> Any:
        return self.step[output]


def extract(
    p: Collector,
    name: str,
    query: str,
    *,
    values: Mapping[str, Any] | None = None,
    output_format: Literal["PARQUET", "CSV", "CSV_WITHOUT_HEADER"] = "PARQUET",
    partition_by: Any = "",
    parallel: bool = True,
    rows_required: bool = True,
    long: bool = False,
    new: NewData | None = None,
    incremental: Incremental | None = None,
    depends_on: DependsOn = None,
) -> Extraction:
    """Add a step that unloads the rows of a query to a prefix of this execution and this step.

    `query` is a SQL file of the folder. The database binds `values` to the parameters `:name` of
    the query, as text: cast them in the query. CSV files are gzipped. Transform jobs require CSV
    without header. `partition_by` is the name of a column of the query, or a pipeline parameter
    with the name. Each value of the column becomes a folder. Without rows, the step fails. If
    `rows_required` is False, it succeeds, and its condition `.found` is false. Set `long` for a
    query that may take more than nine minutes: a function starts the query from a queue, and the
    step ends when the query has ended. With `new`, the location carries the fingerprint of the rows
    instead of the execution, so a later run with the same rows uses the same files, and the cached
    results of steps that read them. With `incremental`, the rows of each day are unloaded once, to
    `extracted/<pipeline>/<step>/`, and the files in the manifest are those of all days.

    Raises:
        ValueError: `incremental` and `partition_by`, as incremental files are divided by day.
    """
    if incremental and partition_by:
        raise ValueError(
            f"{name}: partition_by is {partition_by!r}, expected no partition_by with incremental, "
            "whose files are divided by day: leave one of the two out"
        )
    owner = new.fingerprint if new else ExecutionVariables.PIPELINE_EXECUTION_ID
    kept = p.folder.lake_uri("extracted", p.name, name, "", writable=True) if incremental else None
    written = p.folder.lake_uri("unload", p.name, owner, name, "")
    arguments = {
        "query": p.query(query),
        "s3_uri": written,
        "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
        "format": output_format,
        "partition_by": partition_by,
        "parallel": "ON" if parallel else "OFF",
        **({} if rows_required else {"rows_required": "OFF"}),
        **({"fingerprint": new.fingerprint} if new else {}),
        **({"kept_uri": kept, **incremental.arguments(p)} if kept and incremental else {}),
        **{f"value_{key}": value for key, value in (values or {}).items()},
    }
    outputs = (
        *OUTPUTS,
        *(() if rows_required else (STATUS,)),
        *(OUTPUTS_OF_DAYS if incremental else ()),
    )
    options: dict[str, Any] = {
        "outputs": outputs,
        "extracted": kept.access.writes if kept else (),
        "depends_on": depends_on,
    }
    step: InvokeStep | WaitStep
    if long:
        queue = Environment("ExtractQueueUrl")
        step = callback(p, name, queue, arguments, **options)
    else:
        function = Environment("ExtractFunctionArn")
        step = invoke(p, name, function, arguments, **options)
    reads = (*written.access.reads, *(kept.access.reads if kept else ()))
    return Extraction(
        uri=Uri(step["manifest_uri"], Access(reads=reads)),
        distribution="ShardedByS3Key",
        data_type="ManifestFile",
        step=step,
    )
