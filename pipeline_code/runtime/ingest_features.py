"""Writes the rows of the input `data` into a feature group; the step of `p.ingest`.

The image must have pyarrow and boto3, as those of scikit-learn and XGBoost do.
"""

import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.feature_declaration import DeclaredGroup, declared_group
from pipeline_code.runtime.feature_ingestion import Batch, ingest, require_accepted
from pipeline_code.runtime.feature_records import Record, record_of
from pipeline_code.runtime.feature_store import MAX_BATCH, SERVICE, FeatureStore
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError

ROWS_AT_ONCE = 10_000


def run(container: Container) -> None:
    """Write the rows, and the report of their numbers to the output `report`.

    All rows are checked before the first one is written.
    """
    group = declared_group(
        os.environ["FEATURE_GROUP"],
        os.environ["FEATURE_GROUP_PACKAGE"],
        os.environ["FEATURE_GROUP_DECLARED_AS"],
    )
    workers = int(os.environ["FEATURE_GROUP_WORKERS"])
    table = read_table(container, group)
    rows = sum(1 for _ in records(table, group))
    print(f"{group.name}: {rows} rows are valid")
    store = FeatureStore(client=client(SERVICE, container.region, connections=workers), group=group)
    ingested = ingest(store, batches(records(table, group)), workers=workers)
    report = json.dumps({"feature_group": group.name, **asdict(ingested.counts)})
    path = container.processing_output("report") / "report.json"
    path.write_text(report + "\n", encoding="utf-8")
    print(report)
    require_accepted(ingested, group)


def read_table(container: Container, group: DeclaredGroup) -> pa.Table:
    """Read the Parquet files of the input `data`, sorted by identifier. Raises DataError."""
    folder = container.processing_input("data")
    tables = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            table = pq.read_table(path, partitioning=None)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path.name} is not a Parquet file, as required: {error}") from error
        tables.append(_with_features(table, group, path.name))
    if not tables:
        return pa.table({name: pa.array([], pa.string()) for name in group.features})
    return pa.concat_tables(tables, promote_options="permissive").sort_by(group.record_identifier)


def records(table: pa.Table, group: DeclaredGroup) -> Iterator[Record]:
    """Yield the records of the rows. Raises DataError."""
    for batch in table.to_batches(max_chunksize=ROWS_AT_ONCE):
        for row in batch.to_pylist():
            yield record_of(group, row)


def batches(sorted_records: Iterator[Record]) -> Iterator[Batch]:
    """Yield the records of up to 100 identifiers at a time."""
    by_identifier = (
        (identifier, list(found))
        for identifier, found in itertools.groupby(sorted_records, key=lambda each: each.identifier)
    )
    while batch := dict(itertools.islice(by_identifier, MAX_BATCH)):
        yield batch


def _with_features(table: pa.Table, group: DeclaredGroup, file: str) -> pa.Table:
    names: list[Any] = [name.lower() for name in table.column_names]
    missing = [name for name in group.features if name not in names]
    unknown = [name for name in names if name not in group.features]
    if missing or unknown:
        raise DataError(
            f"{file} has the columns {', '.join(names)}: missing are "
            f"{', '.join(missing) or 'none'}, not declared {', '.join(unknown) or 'none'}; the "
            f"columns must be the features of {group.name}: {', '.join(group.features)}"
        )
    return table.rename_columns(names).select(list(group.features))
