"""Checks this instance's share of the query's result and splits it into a train and a test side."""

import json

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.monitored_inputs import write_inputs
from pipeline_code.runtime.shards import Shards, read_shards, require_rows, write_part
from pipeline_code.tickit.features import INPUTS, KEY, SCHEMA

TEST_SHARE = 0.2


def run(container: Container) -> None:
    """Write the outputs `train`, `test`, `baseline` and `report`, each as a part of this host's.

    `baseline` has the inputs of the training side: what the model is asked is compared with them.
    An instance may get no file while others do, so that the whole result has no rows is only
    known here when there is one instance; training refuses it otherwise.
    """
    shards = read_shards(container.processing_input("data"), SCHEMA)
    if len(container.hosts) == 1:
        require_rows(shards, what="the query's result")
    is_test = in_test(shards.table)
    sides = {"train": shards.table.filter(~is_test), "test": shards.table.filter(is_test)}
    for name, rows in sides.items():
        write_part(rows, container.processing_output(name), host=container.host)
    baseline = container.processing_output("baseline")
    write_inputs(sides["train"], INPUTS, baseline, host=container.host)
    report = _report(shards, sides, host=container.host)
    path = container.processing_output("report") / f"report-{container.host}.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))


def in_test(rows: pa.Table, *, seed: int = 0) -> npt.NDArray[np.bool_]:
    """Whether each row belongs to the test side, decided by a hash of its group's key alone.

    So a group is on the same side whatever the instance, the file and the other rows are.
    """
    hashed = np.full(rows.num_rows, seed, dtype=np.uint64)
    for name in KEY:
        values = rows[name].to_numpy()
        if values.dtype.kind == "M":
            values = values.astype("datetime64[D]")
        hashed = _mixed(hashed ^ values.astype(np.int64).view(np.uint64))
    return hashed < np.uint64(TEST_SHARE * 2**64)


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Every bit of each value spread over all bits (the finaliser of SplitMix64)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _report(shards: Shards, sides: dict[str, pa.Table], *, host: str) -> dict[str, object]:
    return {
        "host": host,
        "files": shards.rows_by_file,
        "rows": {"read": shards.table.num_rows}
        | {name: rows.num_rows for name, rows in sides.items()},
        "holidays": pc.sum(shards.table["holiday"]).as_py() or 0,
        "tickets": pc.sum(shards.table["total_sold"]).as_py() or 0,
    }
