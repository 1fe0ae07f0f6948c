"""AWS clients for jobs: a failed call is retried before the job fails.

The images have different versions of boto3 with different defaults, so the settings are explicit.
"""

from typing import Any

import boto3
from botocore.config import Config

SETTINGS = Config(connect_timeout=10, retries={"mode": "standard", "total_max_attempts": 6})


def client(service: str, region: str, *, connections: int = 10) -> Any:
    """Create a client in the job's region; the job's network reaches no other region.

    `connections` is the number of threads that use it at the same time.
    """
    # boto3's type stubs accept only literal service names, but here the name is a variable.
    make: Any = boto3.client
    config = SETTINGS.merge(Config(max_pool_connections=connections))
    return make(service, region_name=region, config=config)
