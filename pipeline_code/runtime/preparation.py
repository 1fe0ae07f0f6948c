"""Parts of a preprocessing job: read this instance's rows, write its part of each side, report."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.shards import Shards, read_shards, require_rows, write_part
from pipeline_code.runtime.training_ranges import ranges_of


def read_rows(container: Container, schema: Schema, *, what: str) -> Shards:
    """Read this instance's files of the processing input `data`.

    With several instances, an instance may get no file. So only a single instance rejects an input
    without rows; otherwise training rejects it. Raises DataError; the message starts with `what`.
    """
    shards = read_shards(container.processing_input("data"), schema)
    if len(container.hosts) == 1:
        require_rows(shards, what=what)
    return shards


def write_sides(container: Container, **sides: pa.Table) -> None:
    """Write each side to the output of the same name, as a Parquet part named after this host."""
    for name, rows in sides.items():
        write_part(rows, container.processing_output(name), host=container.host)


def write_ranges(container: Container, rows: pa.Table, dataset: Dataset) -> None:
    """Write the ranges of this host's training rows to the output `ranges`.

    Training rows that are encoded have other values, so training merges these files.
    """
    path = container.processing_output("ranges") / f"ranges-{container.host}.json"
    ranges_of(rows, dataset).save(path)


def counts(container: Container, shards: Shards, sides: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Return this host and the numbers of rows: per file, in total, and per side.

    `nulls` is the number of missing values of each column that has any.
    """
    table = shards.table
    nulls = {name: table[name].null_count for name in table.column_names}
    rows = {name: side.num_rows for name, side in sides.items()}
    return {
        "host": container.host,
        "files": shards.rows_by_file,
        "rows": {"read": table.num_rows, **rows},
        "nulls": {name: count for name, count in nulls.items() if count},
    }


def write_report(container: Container, report: Mapping[str, Any]) -> None:
    """Write `report-<host>.json` to the output `report`, and to the log."""
    path = container.processing_output("report") / f"report-{container.host}.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))
