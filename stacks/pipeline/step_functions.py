"""The functions that the steps of a pipeline call."""

from __future__ import annotations

from collections.abc import Callable, Collection

from aws_cdk import aws_lambda as lambda_

from stacks.base import RedlineStack
from stacks.config import Pipeline, Retention
from stacks.lake.stack import DataStack
from stacks.pipeline.latest_model import LatestModel
from stacks.pipeline.model_source import LATEST_MODEL
from stacks.pipeline.prediction_loading import PredictionLoading
from stacks.warehouse.stack import WarehouseStack


def step_functions(
    stack: RedlineStack,
    *,
    declared: Collection[str],
    settings: Pipeline,
    package_group: str,
    data: DataStack,
    warehouse: WarehouseStack,
    retention: Retention,
) -> dict[str, str]:
    """The ARN of each function that `declared` parameters ask for, by parameter.

    The extraction is the warehouse's; the others are made in `stack`, those alone that are asked
    for.
    """
    makers: dict[str, Callable[[], lambda_.IFunction]] = {
        "ExtractFunctionArn": lambda: warehouse.extraction.function,
        LATEST_MODEL: lambda: (
            LatestModel(
                stack, "LatestModel", package_group=package_group, key=data.key, retention=retention
            ).function
        ),
        "LoadPredictionsFunctionArn": lambda: (
            PredictionLoading(
                stack,
                "LoadPredictions",
                pipeline=settings.name,
                access=warehouse.access,
                warehouse_role=warehouse.role,
                lake=data.lake,
                key=data.key,
                retention=retention,
            ).function
        ),
    }
    return {
        parameter: make().function_arn
        for parameter, make in makers.items()
        if parameter in declared
    }
