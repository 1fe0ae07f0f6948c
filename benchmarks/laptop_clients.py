"""AWS clients of the laptop cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3


def client(service: str, variables: Mapping[str, str], **options: Any) -> Any:
    """Create a client with the variables of `laptop env`. `options` are passed to boto3."""
    create: Any = boto3.client
    return create(
        service,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        **options,
    )
