"""Lambda of the laptop cloud: runs the deployed zip in a new process."""

from __future__ import annotations

from typing import Any

import moto.awslambda.models as moto_models

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.events.in_flight import INVOCATIONS
from local_cloud.functions.event_source_mappings import (
    LaptopLambdaBackend,
    LaptopMapping,
    QueuePoller,
)
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
    moto_models.EventSourceMapping = LaptopMapping
    moto_models.lambda_backends.backend = LaptopLambdaBackend
    moto_models.lambda_backends.clear()
    _pollers.append(QueuePoller(cloud.region))


def resume(cloud: Cloud) -> None:
    """Repeat the asynchronous invocations that the last server did not end."""
    functions = moto_models.lambda_backends[ACCOUNT_ID][cloud.region].list_functions()
    by_arn = {function.function_arn: function for function in functions}

    def invoke(token: str, arn: str, event: Any) -> None:
        if arn in by_arn:
            by_arn[arn].handle_later(event, token)
        else:
            INVOCATIONS.by_token.pop(token)

    INVOCATIONS.repeat(invoke)


def shutdown() -> None:
    """Stop the poller of queues."""
    while _pollers:
        _pollers.pop().close()
