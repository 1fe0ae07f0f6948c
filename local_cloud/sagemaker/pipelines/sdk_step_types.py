"""The classes of steps of the SageMaker SDK. Errors name the class that the user's code contains.

`sdk_step_types.toml` is generated from the SDK; a test compares the two.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_suffix(".toml")
# Channel -> the feature that the SDK implements as a Training step with this channel.
_CHANNELS = {
    "sagemaker_remote_function_bootstrap": "@step",
    "sagemaker_headless_execution_pipelinestep": "NotebookJobStep",
}


@cache
def classes_by_type() -> Mapping[str, list[str]]:
    """Return the SDK's classes of each step type."""
    types: Mapping[str, list[str]] = tomllib.loads(_TABLE.read_text())["types"]
    return types


def feature_of(step: Mapping[str, Any]) -> str | None:
    """Return the SDK's feature that a Training step implements, or None for a training job."""
    channels = step.get("Arguments", {}).get("InputDataConfig", ())
    names = [str(channel.get("ChannelName")) for channel in channels]
    return next((_CHANNELS[name] for name in names if name in _CHANNELS), None)
