"""The Glue Data Catalog of a pipeline's files, in the pipeline's stack."""

from __future__ import annotations

from stacks.base import RedlineStack
from stacks.pipeline.data_catalog import DataCatalog, catalog_tables
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform


def catalog_database(pipeline: PipelineContext) -> str:
    """Return the name of the database of the pipeline's files. SQL does not accept hyphens."""
    return pipeline.aws_name.replace("-", "_")


def file_catalog(stack: RedlineStack, platform: Platform, pipeline: PipelineContext) -> None:
    """Create a catalog of the pipeline's files if its folder has a catalog.json."""
    tables = catalog_tables(pipeline.name, platform.root)
    if tables:
        catalog = DataCatalog(
            stack,
            "Catalog",
            database=catalog_database(pipeline),
            pipeline=pipeline.name,
            tables=tables,
            lake=platform.lake,
            reader=platform.warehouse.role,
        )
        stack.output("CatalogDatabaseName", catalog.database)
