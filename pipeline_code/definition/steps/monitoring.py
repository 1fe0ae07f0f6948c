"""Steps that analyse the quality of data: Model Monitor's own image in a processing job.

A plain job and no monitoring schedule: the image is told everything by its variables, so the same
step analyses whatever rows it is given. Source: "Container Contract Inputs" of Model Monitor.
"""

import json
from dataclasses import dataclass
from typing import Any

from sagemaker.core.workflow.functions import Join
from sagemaker.mlops.workflow.steps import CacheConfig

from pipeline_code.definition.steps import parameters
from pipeline_code.definition.steps.compute import Instances
from pipeline_code.definition.steps.folder import PipelineFolder
from pipeline_code.definition.steps.processing import (
    INPUT_PATH,
    OUTPUT_PATH,
    output_uri,
    processing_step,
    s3_input,
)
from pipeline_code.definition.steps.request_step import RequestStep

BASELINE = "baseline"
CHECK = "check"
STATISTICS, CONSTRAINTS = "statistics.json", "constraints.json"
CSV_WITH_HEADER = json.dumps({"csv": {"header": True, "output_columns_position": "START"}})


@dataclass(frozen=True)
class DataQuality:
    """What data is compared with: the S3 URIs of a statistics.json and a constraints.json."""

    statistics: Any
    constraints: Any

    def request(self) -> dict[str, Any]:
        """ModelDataQuality of a model package."""
        return {
            "Statistics": json_source(self.statistics),
            "Constraints": json_source(self.constraints),
        }


def baseline_step(
    folder: PipelineFolder,
    name: str,
    *,
    rows: Any,
    instances: Instances,
    cache: CacheConfig | None = None,
) -> RequestStep:
    """A step that describes the CSV files (with header) under S3 URI `rows`.

    What it writes is kept, for the model package that refers to it: see `baseline_of`.
    """
    return processing_step(
        folder,
        name,
        script=None,
        image=parameters.MODEL_MONITOR_IMAGE,
        instances=instances,
        inputs=[s3_input("dataset", rows)],
        outputs=[BASELINE],
        kept=True,
        environment=_variables(BASELINE),
        cache=cache,
    )


def baseline_of(step: RequestStep) -> DataQuality:
    """What a baseline step wrote."""
    uri = output_uri(step, BASELINE)
    return DataQuality(
        statistics=Join(on="/", values=[uri, STATISTICS]),
        constraints=Join(on="/", values=[uri, CONSTRAINTS]),
    )


def data_quality_step(
    folder: PipelineFolder, name: str, *, rows: Any, baseline: Any, instances: Instances
) -> RequestStep:
    """A step that compares the CSV files (with header) under `rows` with a baseline.

    `baseline` is the S3 URI of a folder with statistics.json and constraints.json. The output
    `check` has constraint_violations.json and the rows' own statistics. Violations do not fail it.
    """
    where = f"{INPUT_PATH}/{BASELINE}"
    compared = {
        "baseline_statistics": f"{where}/{STATISTICS}",
        "baseline_constraints": f"{where}/{CONSTRAINTS}",
    }
    return processing_step(
        folder,
        name,
        script=None,
        image=parameters.MODEL_MONITOR_IMAGE,
        instances=instances,
        inputs=[s3_input("dataset", rows), s3_input(BASELINE, baseline)],
        outputs=[CHECK],
        environment={**_variables(CHECK), **compared},
    )


def json_source(uri: Any) -> dict[str, Any]:
    """MetricsSource of a JSON file."""
    return {"ContentType": "application/json", "S3Uri": uri}


def _variables(output: str) -> dict[str, str]:
    return {
        "dataset_format": CSV_WITH_HEADER,
        "dataset_source": f"{INPUT_PATH}/dataset",
        "output_path": f"{OUTPUT_PATH}/{output}",
        # Only monitoring schedules have metrics of their own published.
        "publish_cloudwatch_metrics": "Disabled",
    }
