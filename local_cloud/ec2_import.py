"""Imports moto's EC2 in half a second less.

At its import it reads the instance types of all regions, which no supported operation returns
(api_gate/moto_operations.toml), and the endpoints of all services, once for each partition.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import boto3
from moto.core.base_backend import AccountSpecificBackend
from moto.utilities import utils

_load_resource = utils.load_resource


def _without_instances(resource: str) -> Any:
    """Return the content of a file of moto; a file of instance types is empty."""
    return {} if resource.startswith("ec2/resources/instance_type") else _load_resource(resource)


with (
    patch.object(utils, "load_resource", _without_instances),
    patch.object(boto3, "Session", AccountSpecificBackend.get_session),
):
    import moto.ec2.models  # noqa: F401
