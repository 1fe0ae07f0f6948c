"""The model of a parsed pipeline definition: its parameters and steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from local_cloud.sagemaker.pipelines.pipeline_parameters import Parameter
from local_cloud.sagemaker.pipelines.retry_policies import RetryPolicy


@dataclass(frozen=True)
class PropertyFile:
    """A JSON file in a processing output that later steps read."""

    name: str
    output_name: str
    file_path: str


@dataclass(frozen=True)
class Branch:
    """The branch of a Condition step that contains a step."""

    condition: str
    outcome: bool


@dataclass(frozen=True)
class Step:
    """A step of a definition.

    `arguments` does not contain nested steps. `members` are the members that only this type of step
    has.
    """

    name: str
    type: str
    arguments: Mapping[str, Any]
    dependencies: frozenset[str]
    branch: Branch | None
    display_name: str | None
    description: str | None
    cache_for: timedelta | None
    retry_policies: tuple[RetryPolicy, ...]
    property_files: Mapping[str, PropertyFile]
    members: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """A valid definition, ready to run."""

    parameters: tuple[Parameter, ...]
    steps: Mapping[str, Step]
