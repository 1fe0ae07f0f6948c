"""The job that reads a query of a database into Parquet files; the step of `p.database`.

The image must have pyarrow and boto3, as those of scikit-learn and XGBoost do. The driver is in the
wheels of the pipeline.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.databases.arrow_types import arrow_schema, record_batch
from pipeline_code.runtime.databases.declared import DeclaredDatabase
from pipeline_code.runtime.databases.login import connect, loaded_driver, one_line, read_login
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError

OUTPUT = "rows"
ROWS_OF_BATCH = 2**14
# Enough files for the instances of later steps, which share them.
ROWS_OF_FILE = 2**20


def run(container: Container) -> None:
    """Write the rows to files of the output `rows`. The memory is bounded by a batch."""
    database = DeclaredDatabase.of_job()
    driver = loaded_driver(database)
    login = read_login(database, client("secretsmanager", container.region))
    with closing(connect(database, driver, login)) as connection:
        written = write_rows(database, driver, connection, container.processing_output(OUTPUT))
    print(f"{written} rows of {database.place}")


def write_rows(database: DeclaredDatabase, driver: Any, connection: Any, folder: Path) -> int:
    """Write the rows of the query as `part-<number>.parquet`, and return their number.

    Raises DataError: the database rejects the query, a column has no supported type, or no row.
    """
    try:
        with closing(database.connector.cursor(connection)) as cursor:
            cursor.execute(database.sql())
            columns = [database.connector.column(each) for each in cursor.description or ()]
            schema = arrow_schema(columns)
            written = _write(_batches(cursor, schema), schema, folder)
    except driver.Error as error:
        raise DataError(
            f"{database.place} cannot run {database.query}: {one_line(error)}; correct the query"
        ) from error
    if not written:
        raise DataError(
            f"{database.query} returns no rows of {database.place}: correct the query, or start "
            "the pipeline when the database has the rows"
        )
    return written


def _batches(cursor: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    first_row = 1
    while rows := cursor.fetchmany(ROWS_OF_BATCH):
        yield record_batch(rows, schema, first_row=first_row)
        first_row += len(rows)


def _write(batches: Iterator[pa.RecordBatch], schema: pa.Schema, folder: Path) -> int:
    written = 0
    for number, first in enumerate(batches):
        rows = 0
        with pq.ParquetWriter(folder / f"part-{number:05}.parquet", schema) as writer:
            for batch in itertools.chain([first], batches):
                writer.write_batch(batch)
                rows += batch.num_rows
                if rows >= ROWS_OF_FILE:
                    break
        written += rows
    return written
