"""Puts the metrics of a monitoring pipeline into CloudWatch, with the dimension Pipeline."""

import os
from collections.abc import Iterable
from typing import Any


def metric(name: str, value: float, unit: str = "None", **more: str) -> dict[str, Any]:
    """Return a member of MetricData; `more` are further dimensions."""
    dimensions = {"Pipeline": os.environ["PIPELINE"], **more}
    return {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
        "Value": float(value),
        "Unit": unit,
    }


def put_metrics(metrics: Iterable[dict[str, Any]], *, client: Any) -> None:
    """Put the metrics of a run with a client of CloudWatch."""
    client.put_metric_data(Namespace=os.environ["METRIC_NAMESPACE"], MetricData=list(metrics))
