"""A pipeline definition, understood: its parameters and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from local_cloud.sagemaker.pipelines.pipeline_parameters import Parameter
from local_cloud.sagemaker.pipelines.retry_policies import RetryPolicy


@dataclass(frozen=True)
class PropertyFile:
    """A file of a processing output whose JSON later steps read."""

    name: str
    output_name: str
    file_path: str


@dataclass(frozen=True)
class Branch:
    """The side of a Condition step that a step stands on."""

    condition: str
    outcome: bool


@dataclass(frozen=True)
class Step:
    """One step with everything that decides when and how it runs.

    `arguments` are without the steps inside of it; `members` are those that only its type has.
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
    """A definition that can be carried out."""

    parameters: tuple[Parameter, ...]
    steps: Mapping[str, Step]
