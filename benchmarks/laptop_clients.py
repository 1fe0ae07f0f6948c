"""AWS clients of the laptop cloud."""

from __future__ import annotations

from typing import Any

import boto3


def client(service: str, endpoint_url: str, **options: Any) -> Any:
    """Create a client with the administrator's credentials. `options` are passed to boto3."""
    create: Any = boto3.client
    return create(
        service,
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="laptop",
        aws_secret_access_key="laptop",
        **options,
    )
