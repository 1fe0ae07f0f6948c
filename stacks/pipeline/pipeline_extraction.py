"""The extraction of one pipeline: its function and its queue log in as the pipeline's own user."""

from __future__ import annotations

from stacks.base import RedlineStack
from stacks.lake.lake_buckets import UNLOAD
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform
from stacks.warehouse.warehouse_access import reader_of
from stacks.warehouse.warehouse_extraction import WarehouseExtraction


def pipeline_extraction(
    stack: RedlineStack, platform: Platform, pipeline: PipelineContext
) -> WarehouseExtraction:
    """Return the extraction of the pipeline, which is created as far as its definition uses it."""
    return WarehouseExtraction(
        stack,
        "Extraction",
        access=platform.warehouse.access,
        user=reader_of(pipeline.name),
        warehouse_role=platform.warehouse.role,
        pipelines=pipeline.aws_name,
        unloaded=f"{UNLOAD}{pipeline.name}/",
        extracted=pipeline.folders(pipeline.manifest.extracted),
        lake=platform.lake,
        key=platform.key,
        retention=platform.retention,
        alerts=platform.alerts,
    )
