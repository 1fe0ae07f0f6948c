"""AWS clients of the loader, with eight attempts: a few failed calls do not end a load."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

SETTINGS = Config(connect_timeout=10, retries={"mode": "standard", "total_max_attempts": 8})


def client(service: str) -> Any:
    """Create a client with the credentials and the region of the shell."""
    # boto3's type stubs accept only literal service names, but here the name is a variable.
    make: Any = boto3.client
    return make(service, config=SETTINGS)
