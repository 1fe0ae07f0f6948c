"""Counts the models that a function refused; an alarm on the count notifies people.

The stack creates the alarm and the permission (stacks/alerts/refused_models.py).
"""

from __future__ import annotations

import os

from clients import client

NAMESPACE, METRIC, DIMENSION = "Redline", "RefusedModels", "FunctionName"


def count_refused() -> None:
    """Put the metric of this function, whose name Lambda provides."""
    name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    datum = {
        "MetricName": METRIC,
        "Dimensions": [{"Name": DIMENSION, "Value": name}],
        "Value": 1.0,
        "Unit": "Count",
    }
    client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=[datum])
