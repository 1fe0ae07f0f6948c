"""Lambda on the laptop: the deployed zip, run in a process of its own."""

from __future__ import annotations

import moto.awslambda.models as moto_models

from local_cloud.context import Cloud
from local_cloud.functions.event_source_mappings import LaptopLambdaBackend, QueuePoller
from local_cloud.functions.runnable_function import LaptopFunction

_pollers: list[QueuePoller] = []


def install(cloud: Cloud) -> None:
    """Let moto's Lambda make functions that run, also for queues; a former installation ends."""
    shutdown()
    LaptopFunction.cloud = cloud
    moto_models.LambdaFunction = LaptopFunction
    moto_models.lambda_backends.backend = LaptopLambdaBackend
    moto_models.lambda_backends.clear()
    _pollers.append(QueuePoller(cloud.region))


def shutdown() -> None:
    """Read queues no more."""
    while _pollers:
        _pollers.pop().close()
