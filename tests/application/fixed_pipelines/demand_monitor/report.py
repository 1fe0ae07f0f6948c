"""Puts the metrics that the alarms monitor."""

import json
import os

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_clients import client


def run(container: Container) -> None:
    """Put DriftedColumns and BrokenColumns, and write report.json to the output `report`."""
    path = container.processing_input("check") / "constraint_violations.json"
    drifted = len(json.loads(path.read_text())["violations"]) if path.is_file() else 0
    dimensions = [{"Name": "Pipeline", "Value": os.environ["PIPELINE"]}]
    client("cloudwatch", container.region).put_metric_data(
        Namespace=os.environ["METRIC_NAMESPACE"],
        MetricData=[
            {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": "Count"}
            for name, value in {"DriftedColumns": drifted, "BrokenColumns": 0}.items()
        ],
    )
    (container.processing_output("report") / "report.json").write_text(f'{{"drifted": {drifted}}}')
