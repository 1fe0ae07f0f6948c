"""Checks this instance's share of the data, deals it out to three sides and encodes it."""

import json

import pyarrow as pa

from pipeline_code.census.encoder import ENCODER, FILE
from pipeline_code.census.features import SCHEMA, is_high
from pipeline_code.census.matrix import write_matrix
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.shards import Shards, read_shards, write_part
from pipeline_code.runtime.split import split

SHARES = {"train": 0.6, "validation": 0.1, "test": 0.3}


def run(container: Container) -> None:
    """Write `train` and `validation` encoded, `test` raw, the `encoder` and a `report`.

    Each file is named after this host, but encoder.json, which is the same on all of them: it comes
    from the published dictionary of the data and not from the rows that a host happens to get.
    """
    shards = read_shards(container.processing_input("data"), SCHEMA)
    sides = split(shards.table, SHARES)
    if len(container.hosts) == 1:
        _require_rows(sides)
    for name in ("train", "validation"):
        path = container.processing_output(name) / f"{name}-{container.host}.csv"
        write_matrix(sides[name], ENCODER, path)
    # Raw, so that a model with another encoder can be measured on the same rows.
    write_part(sides["test"], container.processing_output("test"), host=container.host)
    (container.processing_output("encoder") / FILE).write_text(ENCODER.to_json())
    _report(container, shards, sides)


def _require_rows(sides: dict[str, pa.Table]) -> None:
    """Refuse data that leaves a side without rows of either kind.

    With several instances only training and evaluation see all rows.
    """
    for name, rows in sides.items():
        high = int(is_high(rows).sum())
        if high in (0, rows.num_rows):
            raise DataError(
                f"the side {name} has {rows.num_rows} rows, {high} of them of high income: at "
                "least one of either kind is needed; check the file that InputData names"
            )


def _report(container: Container, shards: Shards, sides: dict[str, pa.Table]) -> None:
    report = {
        "host": container.host,
        "files": shards.rows_by_file,
        "rows": {name: rows.num_rows for name, rows in sides.items()},
        "high_income": {name: int(is_high(rows).sum()) for name, rows in sides.items()},
    }
    path = container.processing_output("report") / f"report-{container.host}.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))
