"""AWS clients of the functions, with explicit timeouts and retries.

The defaults of boto3 differ between the versions that Lambda has provided, so every function uses
the settings below. A call that is throttled or fails is retried five times within half a minute,
which is less than the shortest time limit of a function. One attempt takes at most 20 seconds, so
that every function has time for two. A retry may repeat a call that has succeeded, so every caller
must tolerate that its call is done twice.
"""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

# The default read timeout of botocore is 60 s, which is the whole time limit of some functions.
SETTINGS = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 6},
)


def client(service: str) -> Any:
    """Create a client that uses the role of this process."""
    # boto3's type stubs accept only literal service names, but here the name is a variable.
    make: Any = boto3.client
    return make(service, config=SETTINGS)
