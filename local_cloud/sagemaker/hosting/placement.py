"""Where the processes of a model run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from local_cloud.sagemaker.hosting.model_host import RESPONSE_SECONDS

DEFAULT_STARTUP_SECONDS = 60.0


@dataclass(frozen=True)
class Placement:
    """Where a fleet runs and logs: the instance decides its processes' memory.

    `environment` is what the service adds, as in transform jobs; the model's own comes on top.
    `arn_of` makes the ARN by which faults know a host of its name.
    """

    instance_type: str
    log_group: str
    log_stream: str
    arn_of: Callable[[str], str]
    startup_seconds: float = DEFAULT_STARTUP_SECONDS
    response_seconds: float = RESPONSE_SECONDS
    environment: Mapping[str, str] = field(default_factory=dict)
