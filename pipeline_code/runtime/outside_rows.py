"""What a served model does with rows outside the values of its training rows.

The pipeline decides (`outside_training` in its pipeline.py), and its container gets a variable:

- `mark`: the reply has a header with the number of rows and their columns
- `column`: in addition, each prediction has the columns that are outside
- `reject`: the request is invalid

The number of rows is a metric in each case. CloudWatch extracts it from the container's log
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.training_ranges import FILE, Outside, TrainingRanges, read_ranges

# The variables of the container: one of MODES, and the value of the metric's dimension.
MODE, PIPELINE = "OUTSIDE_TRAINING", "PIPELINE"
MODES = ("mark", "column", "reject")
# InvokeEndpoint forwards this header of the container, and no other, as CustomAttributes: at most
# 1024 visible ASCII characters
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html).
HEADER = "X-Amzn-SageMaker-Custom-Attributes"
MOST_CHARACTERS = 1024
NAMESPACE, METRIC = "Redline", "RowsOutsideTraining"


@dataclass(frozen=True)
class OutsideRows:
    """Finds rows outside the ranges of a model, and treats them as its pipeline wants."""

    ranges: TrainingRanges
    mode: str
    pipeline: str

    @classmethod
    def of_model(cls, folder: Path) -> Self | None:
        """For the model in the folder, or None if it was saved without ranges.

        Raises SettingError and DataError.
        """
        if not (folder / FILE).is_file():
            return None
        mode = os.environ.get(MODE, MODES[0])
        if mode not in MODES:
            raise SettingError(f"{MODE} is {mode!r}: allowed are {', '.join(MODES)}")
        return cls(read_ranges(folder / FILE), mode, os.environ.get(PIPELINE, ""))

    def find(self, rows: pa.Table) -> Outside:
        """Return the values outside the ranges, and log their metric.

        Raises DataError if there are any and the mode is `reject`.
        """
        outside = self.ranges.outside(rows)
        if outside.columns:
            print(metric_line(outside, rows.num_rows, pipeline=self.pipeline), flush=True)
            if self.mode == "reject":
                raise DataError(
                    f"request, {outside.first(rows)}, the values of the rows that the model was "
                    "trained on: such rows are not predicted"
                )
        return outside

    @property
    def as_column(self) -> bool:
        """Whether each prediction has the columns that are outside."""
        return self.mode == "column"


def header(outside: Outside) -> str:
    """The value of HEADER for rows outside the ranges."""
    text = f"outside_training_rows={outside.count};columns={','.join(outside.columns)}"
    return text[:MOST_CHARACTERS]


def metric_line(outside: Outside, rows: int, *, pipeline: str) -> str:
    """A line of the log with the metric RowsOutsideTraining. It contains no values of rows."""
    dimensions = {"Pipeline": pipeline} if pipeline else {}
    definition = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": METRIC, "Unit": "Count"}],
    }
    document: dict[str, Any] = {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]},
        **dimensions,
        METRIC: outside.count,
        "Rows": rows,
        "Columns": outside.columns,
    }
    return json.dumps(document)
