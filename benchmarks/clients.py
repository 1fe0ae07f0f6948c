"""Clients of the laptop cloud that a benchmark measures."""

from __future__ import annotations

from typing import Any

import boto3


def client(service: str, endpoint_url: str, **options: Any) -> Any:
    """boto3's client with the administrator's credentials; `options` are boto3's own."""
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="laptop",
        aws_secret_access_key="laptop",
        **options,
    )
