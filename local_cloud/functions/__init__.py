"""Lambda on the laptop: the deployed zip, run in a process of its own."""

from __future__ import annotations

import moto.awslambda.models as moto_models

from local_cloud.context import Cloud
from local_cloud.functions.model import LaptopFunction


def install(cloud: Cloud) -> None:
    """Let moto's Lambda make functions that run."""
    LaptopFunction.cloud = cloud
    moto_models.LambdaFunction = LaptopFunction
