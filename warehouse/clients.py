"""Clients of AWS that go on trying: a load is not begun anew for one call that fails."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

SETTINGS = Config(connect_timeout=10, retries={"mode": "standard", "total_max_attempts": 8})


def client(service: str) -> Any:
    """A client with the credentials and the region of the shell."""
    # boto3's overloads list every service by name; here the name is a variable.
    make: Any = boto3.client
    return make(service, config=SETTINGS)
