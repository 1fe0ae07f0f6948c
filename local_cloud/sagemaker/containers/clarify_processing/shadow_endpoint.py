"""The endpoint that a job creates for its predictions, and deletes at its end.

Source: "How It Works: SageMaker Clarify Processing Jobs",
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-configure-processing-jobs.html
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import boto3
import numpy as np
import pandas as pd

from .analysis_config import CSV, Config
from .analysis_error import UserError
from .bias_metrics import Numbers

Predict = Callable[[pd.DataFrame], list[list[str]]]
_ROWS_PER_REQUEST = 1_000


@contextmanager
def shadow_endpoint(model_name: str, predictor: Config) -> Iterator[Predict]:
    """Host a model. Yields a function that returns the fields of its response for each row."""
    client = boto3.client("sagemaker")
    name = f"{predictor.get('endpoint_name_prefix', 'sm-clarify')}-{uuid4().hex[:16]}"
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model_name,
        "InstanceType": predictor["instance_type"],
        "InitialInstanceCount": predictor["initial_instance_count"],
    }
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    try:
        client.create_endpoint(EndpointName=name, EndpointConfigName=name)
        waiter = client.get_waiter("endpoint_in_service")
        waiter.wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 1_800})
        runtime = boto3.client("sagemaker-runtime")
        yield lambda rows: _predict(runtime, name, rows)
    finally:
        _delete(client, name)


def scores(fields: list[list[str]], predictor: Config) -> Numbers:
    """Return the score of each row, from the column of the response that has it."""
    index = predictor.get("probability", predictor.get("label", 0))
    try:
        return np.array([float(row[index]) for row in fields])
    except (IndexError, ValueError) as error:
        raise UserError(f"column {index} of the response is not a number: {error}") from error


def _predict(runtime: Any, name: str, rows: pd.DataFrame) -> list[list[str]]:
    found: list[list[str]] = []
    for start in range(0, len(rows), _ROWS_PER_REQUEST):
        part = rows.iloc[start : start + _ROWS_PER_REQUEST]
        answer = runtime.invoke_endpoint(
            EndpointName=name,
            Body=part.to_csv(header=False, index=False),
            ContentType=CSV,
            Accept=CSV,
        )
        found += csv.reader(answer["Body"].read().decode().splitlines())
    if len(found) != len(rows):
        raise UserError(f"the model returned {len(found)} lines for {len(rows)} rows")
    return found


def _delete(client: Any, name: str) -> None:
    if _exists(client, name):
        client.delete_endpoint(EndpointName=name)
    client.delete_endpoint_config(EndpointConfigName=name)


def _exists(client: Any, name: str) -> bool:
    found = client.list_endpoints(NameContains=name)["Endpoints"]
    return any(endpoint["EndpointName"] == name for endpoint in found)
