"""Checks this instance's share of the query's result, splits it and makes features of it."""

import json
import os

import pyarrow as pa

from pipeline_code.bank.features import SCHEMA, columns_named, features, target
from pipeline_code.bank.matrix import Labelled, write_matrix
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.shards import Shards, read_shards, require_rows, write_part
from pipeline_code.runtime.split import split

SIDES = {"train": 0.7, "validation": 0.2, "test": 0.1}
SPLIT_SEED = 1729
# The variable of the job's environment that says which columns the model sees.
COLUMNS_VARIABLE = "FEATURE_COLUMNS"


def run(container: Container) -> None:
    """Write the outputs `train`, `validation`, `test` and `report`, each named after this host.

    Train and validation are what XGBoost reads. Test rows stay as the query gave them: they are
    what a model is asked about, and models that see other columns are compared on them.
    """
    given = os.environ.get(COLUMNS_VARIABLE, "")
    columns = columns_named(given, where=f"{COLUMNS_VARIABLE} of the job's environment")
    shards = read_shards(container.processing_input("data"), SCHEMA)
    # Another instance may have the files: that there are none at all is training's to refuse.
    if len(container.hosts) == 1:
        require_rows(shards, what="the query's result")
    sides = split(shards.table, SIDES, seed=SPLIT_SEED)
    for name in ("train", "validation"):
        labelled = Labelled(features(sides[name], columns), target(sides[name]).astype(float))
        write_matrix(labelled, container.processing_output(name), host=container.host)
    write_part(sides["test"], container.processing_output("test"), host=container.host)
    report = _report(shards, sides, host=container.host)
    path = container.processing_output("report") / f"report-{container.host}.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))


def _report(shards: Shards, sides: dict[str, pa.Table], *, host: str) -> dict[str, object]:
    return {
        "host": host,
        "files": shards.rows_by_file,
        "rows": {"read": shards.table.num_rows}
        | {name: rows.num_rows for name, rows in sides.items()},
        "subscribed": int(target(shards.table).sum()),
    }
