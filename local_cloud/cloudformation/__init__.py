"""CloudFormation of the laptop cloud: moto's service, with ordered operations and roll-backs."""

from __future__ import annotations

import moto.cloudformation.models as moto_models

from local_cloud.cloudformation.stack import LaptopStack
from local_cloud.cloudformation.stack_backend import LaptopCloudFormationBackend
from local_cloud.cloudformation.template_text import parse_template
from local_cloud.context import Cloud
from local_cloud.resources.base import ServiceResource


def install(cloud: Cloud) -> None:
    """Replace moto's stacks by `LaptopStack`, whose resources call the services of `cloud`."""
    ServiceResource.cloud = cloud
    # moto creates the stacks of change sets directly, so the class must also be replaced.
    moto_models.Stack = LaptopStack
    moto_models.ChangeSet._parse_template = _parse_template
    moto_models.cloudformation_backends.backend = LaptopCloudFormationBackend


def _parse_template(change_set: moto_models.ChangeSet) -> None:
    change_set.template_dict = parse_template(change_set.template)
