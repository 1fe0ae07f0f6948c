"""AWS clients for jobs: a failed call is retried before the job fails.

The images have different versions of boto3 with different defaults, so the settings are explicit.
"""

from typing import Any

import boto3
from botocore.config import Config

SETTINGS = Config(connect_timeout=10, retries={"mode": "standard", "total_max_attempts": 6})


def client(service: str, region: str) -> Any:
    """Create a client in the job's region; the job's network reaches no other region."""
    # boto3's type stubs accept only literal service names, but here the name is a variable.
    make: Any = boto3.client
    return make(service, region_name=region, config=SETTINGS)
