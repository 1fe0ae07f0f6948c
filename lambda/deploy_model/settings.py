"""What the stack tells the function."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

# Blue/green deployments want the same name in every configuration.
VARIANT = "AllTraffic"


@dataclass(frozen=True)
class Settings:
    """The environment variables of the function.

    `requests` holds what the stack decides of each call: `model`, `config`, `variant`,
    `deployment`, `scaling` and `tags`.
    """

    endpoint: str
    group: str
    topic_arn: str
    requests: dict[str, Any]

    @classmethod
    def read(cls) -> Settings:
        """The settings of this process."""
        names = ("ENDPOINT_NAME", "MODEL_PACKAGE_GROUP", "ALERT_TOPIC_ARN")
        endpoint, group, topic = (os.environ[name] for name in names)
        return cls(endpoint, group, topic, json.loads(os.environ["REQUESTS"]))

    def tags(self, **more: str) -> list[dict[str, str]]:
        """The tags of a resource, as SageMaker takes them."""
        return [
            {"Key": key, "Value": value} for key, value in (self.requests["tags"] | more).items()
        ]
