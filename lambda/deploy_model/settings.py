"""The settings that the stack passes to the function."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

# A blue/green deployment requires the same variant name in every endpoint configuration.
VARIANT = "AllTraffic"


@dataclass(frozen=True)
class Settings:
    """The environment variables of the function.

    `requests` holds request parameters that the stack sets, by part: `model`, `config`, `variant`,
    `deployment`, `scaling` and `tags`. The part `rollback_alarms` maps the suffix of an alarm's
    name to its PutMetricAlarm request.
    """

    endpoint: str
    group: str
    topic_arn: str
    requests: dict[str, Any]

    @classmethod
    def read(cls) -> Settings:
        """Read the settings from the environment."""
        names = ("ENDPOINT_NAME", "MODEL_PACKAGE_GROUP", "ALERT_TOPIC_ARN")
        endpoint, group, topic = (os.environ[name] for name in names)
        return cls(endpoint, group, topic, json.loads(os.environ["REQUESTS"]))

    def tags(self, **more: str) -> list[dict[str, str]]:
        """Return the stack's tags and `more` as a list of Key and Value, as SageMaker expects."""
        return [
            {"Key": key, "Value": value} for key, value in (self.requests["tags"] | more).items()
        ]
