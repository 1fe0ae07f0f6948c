"""Clients of AWS: how long a call may take, and how often it is tried again.

Every function has clients of these settings, whatever the defaults of the boto3 that Lambda brings
are (they have changed): a call that is throttled or fails is tried five times more within half a
minute, which is less than the shortest of the functions may take. A try without an answer takes 20
seconds, so even that function tries twice. Each must be right when a call that it makes once is
done twice.
"""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

# A call is answered at once or not at all. Botocore's own minute would be all that some have.
SETTINGS = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 6},
)


def client(service: str) -> Any:
    """A client of this process's role."""
    # boto3's overloads list every service by name; here the name is a variable.
    make: Any = boto3.client
    return make(service, config=SETTINGS)
