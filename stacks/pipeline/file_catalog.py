"""The catalogue of a pipeline's files, in the pipeline's stack."""

from __future__ import annotations

from stacks.base import RedlineStack
from stacks.lake.stack import DataStack
from stacks.pipeline.data_catalog import DataCatalog, catalog_tables
from stacks.warehouse.stack import WarehouseStack


def catalogue_files(
    stack: RedlineStack, folder: str, *, pipeline: str, data: DataStack, warehouse: WarehouseStack
) -> None:
    """A catalogue of the files of `pipeline`, where its folder `pipeline_code/<folder>` has one."""
    tables = catalog_tables(folder)
    if tables:
        catalog = DataCatalog(
            stack,
            "Catalog",
            database=pipeline.replace("-", "_"),  # the warehouse's SQL takes no hyphens
            pipeline=folder,
            tables=tables,
            lake=data.lake,
            reader=warehouse.role,
        )
        stack.output("CatalogDatabaseName", catalog.database)
