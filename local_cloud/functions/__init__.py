"""Lambda of the laptop cloud: runs the deployed zip in a new process."""

from __future__ import annotations

import moto.awslambda.models as moto_models

from local_cloud.context import Cloud
from local_cloud.functions.event_source_mappings import LaptopLambdaBackend, QueuePoller
from local_cloud.functions.runnable_function import LaptopFunction
from local_cloud.functions.runtime_sdk import RUNTIME_MODELS, write_models

_pollers: list[QueuePoller] = []


def install(cloud: Cloud) -> None:
    """Replace moto's functions by `LaptopFunction` and start the poller of queues.

    Stops the poller of an earlier call first."""
    shutdown()
    write_models(cloud.state / RUNTIME_MODELS)
    LaptopFunction.cloud = cloud
    moto_models.LambdaFunction = LaptopFunction
    moto_models.lambda_backends.backend = LaptopLambdaBackend
    moto_models.lambda_backends.clear()
    _pollers.append(QueuePoller(cloud.region))


def shutdown() -> None:
    """Stop the poller of queues."""
    while _pollers:
        _pollers.pop().close()
