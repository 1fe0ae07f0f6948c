"""The local environment with a serverless warehouse, and everything that can run on it."""

from __future__ import annotations

from dataclasses import replace

from stacks.config import Pipeline, Warehouse
from stacks.environments import LOCAL


def _unloading(pipeline: Pipeline) -> Pipeline:
    """The pipeline with an extraction that a serverless warehouse can do."""
    if pipeline.name != "tickit":
        return pipeline
    return replace(pipeline, options={**pipeline.options, "extraction": "unload"})


# A workgroup stands in three zones.
NETWORK = replace(LOCAL.network, availability_zones=("us-east-1a", "us-east-1b", "us-east-1c"))
SERVERLESS = replace(
    LOCAL,
    network=NETWORK,
    warehouse=Warehouse(kind="serverless", base_capacity=8),
    pipelines=tuple(map(_unloading, LOCAL.pipelines)),
)
