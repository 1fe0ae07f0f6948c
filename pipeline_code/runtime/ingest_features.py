"""Writes the rows of the input `data` into a feature group; the step of `p.ingest`.

With the variable FEATURE_FLOW, the flow of the pipeline prepares the rows. What the flow computed
from training rows is in the model.tar.gz of the input `model`, if the step has one.

The image must have pyarrow and boto3, as those of scikit-learn and XGBoost do.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.feature_declaration import DeclaredGroup
from pipeline_code.runtime.feature_ingestion import batches, ingest
from pipeline_code.runtime.feature_records import Record, record_of
from pipeline_code.runtime.feature_store import SERVICE, FeatureStore
from pipeline_code.runtime.flow_features import FlowFeatures
from pipeline_code.runtime.flows.declared_flow import declared_flow
from pipeline_code.runtime.flows.fitted_flow import load_flow
from pipeline_code.runtime.ingestion_job import files_of_job, finish, group_of_job, workers_of_job
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.typed_columns import with_lower_names

ROWS_AT_ONCE = 10_000


def run(container: Container) -> None:
    """Write the rows, and the report of their numbers to the output `report`.

    All rows are checked before the first one is written.
    """
    group, workers = group_of_job(), workers_of_job()
    table = read_table(container, group, flow_of_job(container))
    rows = sum(1 for _ in records(table, group))
    print(f"{group.name}: {rows} rows are valid")
    store = FeatureStore(client=client(SERVICE, container.region, connections=workers), group=group)
    finish(container, group, ingest(store, batches(records(table, group)), workers=workers))


def read_table(
    container: Container, group: DeclaredGroup, flow: FlowFeatures | None = None
) -> pa.Table:
    """Read the Parquet files of the input `data`, sorted by identifier. Raises DataError.

    `flow` prepares the rows; without it, their columns are the features.
    """
    tables = [read_file(path, group, flow) for path in files_of_job(container)]
    if not tables:
        return pa.table({name: pa.array([], pa.string()) for name in group.features})
    try:
        table = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        raise DataError(
            f"the files of {group.name} have columns of different types: {error}: write a column "
            "with the same type to all files"
        ) from error
    return table.sort_by(group.record_identifier)


def read_file(path: Path, group: DeclaredGroup, flow: FlowFeatures | None = None) -> pa.Table:
    """Read the features of the rows of a file; see `read_table`."""
    try:
        table = pq.read_table(path, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path.name} is not a Parquet file, as required: {error}") from error
    if flow is not None:
        table = flow.prepared(table, group, source=path.name)
    return _with_features(table, group, path.name)


def records(table: pa.Table, group: DeclaredGroup) -> Iterator[Record]:
    """Yield the records of the rows. Raises DataError."""
    for batch in table.to_batches(max_chunksize=ROWS_AT_ONCE):
        for row in batch.to_pylist():
            yield record_of(group, row)


def flow_of_job(container: Container) -> FlowFeatures | None:
    """Return the flow that prepares the rows, fitted as that of the model if there is one."""
    if "FEATURE_FLOW" not in os.environ:
        return None
    declared = declared_flow(os.environ["FEATURE_FLOW"])
    folder = container.processing_input("model")
    if not folder.is_dir():
        return FlowFeatures(declared.without_fit(), declared.schema)
    with unpacked(folder / "model.tar.gz") as model:
        return FlowFeatures(load_flow(model), declared.schema)


def _with_features(table: pa.Table, group: DeclaredGroup, file: str) -> pa.Table:
    table = with_lower_names(table, source=file)
    names: list[Any] = table.column_names
    missing = [name for name in group.features if name not in names]
    unknown = [name for name in names if name not in group.features]
    if missing or unknown:
        raise DataError(
            f"{file} has the columns {', '.join(names)}: missing are "
            f"{', '.join(missing) or 'none'}, not declared {', '.join(unknown) or 'none'}; the "
            f"columns must be the features of {group.name}: {', '.join(group.features)}"
        )
    return table.select(list(group.features))
