"""AWS clients for jobs: a failed call is retried before the job fails.

The images have different versions of boto3 with different defaults, so the settings are explicit.
"""

from typing import Any

import boto3
from botocore.config import Config

SETTINGS = Config(connect_timeout=10, retries={"mode": "standard", "total_max_attempts": 6})


def client(service: str, region: str) -> Any:
    """A client in the job's own region, the only one that its network reaches."""
    # boto3's overloads list every service by name; here the name is a variable.
    make: Any = boto3.client
    return make(service, region_name=region, config=SETTINGS)
