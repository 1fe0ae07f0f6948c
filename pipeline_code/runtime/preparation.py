"""Steps of a preprocessing job: read this instance's rows, write its part of each side, report."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.schema import Schema
from pipeline_code.runtime.shards import Shards, read_shards, require_rows, write_part


def read_rows(container: Container, schema: Schema, *, what: str) -> Shards:
    """Read this instance's files of the processing input `data`.

    With several instances, one may get no file while others do. So an input without rows is
    refused here only on a single instance; training refuses it otherwise. Raises DataError, whose
    message begins with `what`.
    """
    shards = read_shards(container.processing_input("data"), schema)
    if len(container.hosts) == 1:
        require_rows(shards, what=what)
    return shards


def write_sides(container: Container, **sides: pa.Table) -> None:
    """Write each side to the output of its name, as a Parquet part named after this host."""
    for name, rows in sides.items():
        write_part(rows, container.processing_output(name), host=container.host)


def counts(container: Container, shards: Shards, sides: Mapping[str, pa.Table]) -> dict[str, Any]:
    """This host, the rows of each file, and the rows that were read and are on each side."""
    rows = {name: side.num_rows for name, side in sides.items()}
    return {
        "host": container.host,
        "files": shards.rows_by_file,
        "rows": {"read": shards.table.num_rows, **rows},
    }


def write_report(container: Container, report: Mapping[str, Any]) -> None:
    """Write `report-<host>.json` to the output `report`, and to the log."""
    path = container.processing_output("report") / f"report-{container.host}.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))
