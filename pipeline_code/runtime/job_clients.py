"""Clients of AWS for the code of jobs: a call that fails is tried again before the job gives up.

The images bring a boto3 each, and its defaults have changed: here they are told.
"""

from typing import Any

import boto3
from botocore.config import Config

SETTINGS = Config(connect_timeout=10, retries={"mode": "standard", "total_max_attempts": 6})


def client(service: str, region: str) -> Any:
    """A client of the job's role in its own region, the only one that its network reaches."""
    # boto3's overloads list every service by name; here the name is a variable.
    make: Any = boto3.client
    return make(service, region_name=region, config=SETTINGS)
