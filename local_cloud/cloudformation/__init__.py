"""CloudFormation on the laptop: moto's service with explicit order, states and roll-backs."""

from __future__ import annotations

import moto.cloudformation.models as moto_models

from local_cloud.cloudformation.stack import LaptopStack
from local_cloud.cloudformation.stack_backend import LaptopCloudFormationBackend
from local_cloud.context import Cloud
from local_cloud.resources.base import ServiceResource


def install(cloud: Cloud) -> None:
    """Let moto's CloudFormation make stacks of ours, whose resources call this cloud."""
    ServiceResource.cloud = cloud
    # moto's change sets make the stack that they describe themselves.
    moto_models.Stack = LaptopStack
    moto_models.cloudformation_backends.backend = LaptopCloudFormationBackend
