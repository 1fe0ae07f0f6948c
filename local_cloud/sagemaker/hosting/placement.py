"""The instance type, the log and the environment of the processes of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local_cloud.sagemaker.hosting.model_host import RESPONSE_SECONDS

DEFAULT_STARTUP_SECONDS = 60.0


@dataclass(frozen=True)
class Placement:
    """Where a fleet runs and logs; the instance type limits the memory of its processes.

    `environment` has the variables that the service adds, as in transform jobs; the model's own
    variables override them. `arn_of` returns the ARN of a host name, which faults refer to.
    """

    instance_type: str
    log_group: str
    log_stream: str
    arn_of: Callable[[str], str]
    startup_seconds: float = DEFAULT_STARTUP_SECONDS
    response_seconds: float = RESPONSE_SECONDS
    environment: Mapping[str, str] = field(default_factory=dict)
