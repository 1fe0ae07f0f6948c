"""The resources on which the stacks of pipelines and endpoints depend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from pipeline_code.compiler import CompiledDefinition
from stacks.athena.stack import AthenaStack
from stacks.config import Environment, Retention
from stacks.lake.stack import DataStack
from stacks.network.stack import NetworkStack
from stacks.warehouse.existing_stack import ExistingWarehouseStack
from stacks.warehouse.stack import WarehouseStack


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One environment: its settings, the stacks that all pipelines share, and all definitions.

    `athena` exists if a pipeline uses it. `definitions` are those of the environment's pipelines by
    name; their folders are in `root`.
    """

    environment: Environment
    network: NetworkStack
    data: DataStack
    warehouse: WarehouseStack | ExistingWarehouseStack
    alerts: sns.ITopic
    athena: AthenaStack | None
    root: Path
    definitions: Mapping[str, CompiledDefinition]

    @property
    def lake(self) -> s3.IBucket:
        """The bucket of incoming files and of outputs of runs."""
        return self.data.lake

    @property
    def key(self) -> kms.IKey:
        """The key for everything that is stored."""
        return self.data.key

    @property
    def retention(self) -> Retention:
        """The retention of data, outputs of runs and logs."""
        return self.environment.retention

    def name_of(self, pipeline: str) -> str:
        """Return the name in AWS of a pipeline, its model package group and its endpoint."""
        return f"redline-{self.environment.name}-{pipeline}"
