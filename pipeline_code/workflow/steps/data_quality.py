"""Steps that analyse the quality of data, by the image of Model Monitor in a processing job.

The image reads its settings from environment variables, so a processing job can run it over any
rows, without a monitoring schedule. Source: "Container Contract Inputs" of Model Monitor.
"""

from __future__ import annotations

import json
from typing import Any

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.inputs import INPUT_PATH
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.step_kind import DependsOn
from pipeline_code.workflow.steps.processing import OUTPUT_PATH, ProcessingStep, processing
from pipeline_code.workflow.variables import Uri

IMAGE = "model-monitor"
BASELINE = "baseline"
CHECK = "check"
STATISTICS, CONSTRAINTS = "statistics.json", "constraints.json"
CSV_WITH_HEADER = json.dumps({"csv": {"header": True, "output_columns_position": "START"}})


def data_baseline(
    p: Collector,
    name: str,
    rows: Uri,
    instances: Instances,
    *,
    cache_days: int | None = None,
    depends_on: DependsOn = None,
) -> ProcessingStep:
    """Add a step that computes the baseline of the CSV files (with header) below `rows`.

    The files of its output `baseline` are kept.
    """
    return processing(
        p,
        name,
        None,
        instances,
        image=IMAGE,
        inputs={"dataset": rows},
        outputs=[BASELINE],
        kept=True,
        environment=_variables(BASELINE),
        cache_days=cache_days,
        depends_on=depends_on,
    )


def data_quality(baseline: ProcessingStep) -> dict[str, Any]:
    """Return the ModelDataQuality of a model package, for a step of `data_baseline`."""
    written = baseline[BASELINE]
    return {
        "Statistics": json_source(written / STATISTICS),
        "Constraints": json_source(written / CONSTRAINTS),
    }


def data_check(
    p: Collector,
    name: str,
    rows: Uri,
    baseline: Uri,
    instances: Instances,
    *,
    depends_on: DependsOn = None,
) -> ProcessingStep:
    """Add a step that compares the CSV files (with header) below `rows` with a baseline.

    `baseline` is a folder with statistics.json and constraints.json. The output `check` contains
    constraint_violations.json and the statistics of the rows. Violations do not fail the step.
    """
    where = f"{INPUT_PATH}/{BASELINE}"
    compared = {
        "baseline_statistics": f"{where}/{STATISTICS}",
        "baseline_constraints": f"{where}/{CONSTRAINTS}",
    }
    return processing(
        p,
        name,
        None,
        instances,
        image=IMAGE,
        inputs={"dataset": rows, BASELINE: baseline},
        outputs=[CHECK],
        environment={**_variables(CHECK), **compared},
        depends_on=depends_on,
    )


def json_source(uri: Uri) -> dict[str, Any]:
    """Return the MetricsSource of a JSON file."""
    return {"ContentType": "application/json", "S3Uri": uri}


def _variables(output: str) -> dict[str, str]:
    return {
        "dataset_format": CSV_WITH_HEADER,
        "dataset_source": f"{INPUT_PATH}/dataset",
        "output_path": f"{OUTPUT_PATH}/{output}",
        # SageMaker publishes metrics only for monitoring schedules.
        "publish_cloudwatch_metrics": "Disabled",
    }
