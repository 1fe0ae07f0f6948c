"""The instance type, the log and the environment of the processes of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local_cloud.sagemaker.hosting.model_host import RESPONSE_SECONDS

DEFAULT_STARTUP_SECONDS = 60.0


@dataclass(frozen=True)
class Placement:
    """The instance type, the log and the environment variables of a fleet.

    The instance type limits the memory of the processes. `environment` are the variables that the
    service adds, for instance in transform jobs. The model's own variables override them. `arn_of`
    returns the ARN for a host name, to which faults refer.
    """

    instance_type: str
    log_group: str
    log_stream: str
    arn_of: Callable[[str], str]
    startup_seconds: float = DEFAULT_STARTUP_SECONDS
    response_seconds: float = RESPONSE_SECONDS
    environment: Mapping[str, str] = field(default_factory=dict)
