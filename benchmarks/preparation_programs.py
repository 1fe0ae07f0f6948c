"""Programs that read rows of tickit, split, prepare and write them: ours and plain ones."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.flows.stages import batches_of
from pipeline_code.runtime.shard_files import shard_files
from pipeline_code.runtime.shards import part_writer
from pipeline_code.runtime.split import split_by_key
from pipeline_code.tickit import preprocess as tickit
from pipeline_code.tickit.features import DATASET, FLOW, KEY, TARGET

ROWS_OF_FILE = 5_000_000
SIDES = ("train", "test")


def generate(folder: Path, rows: int, *, seed: int = 0) -> None:
    """Write files with rows of the query of tickit."""
    random = np.random.default_rng(seed)
    for number, start in enumerate(range(0, rows, ROWS_OF_FILE)):
        count = min(ROWS_OF_FILE, rows - start)
        days = random.integers(14_000, 17_000, count).astype(np.int32)
        columns = {
            "total_sold": random.poisson(30, count),
            "venueid": random.integers(1, 300, count),
            "catid": random.integers(6, 11, count),
            "caldate": pa.array(days).cast(pa.date32()),
            "holiday": random.random(count) < 0.05,
            "events": random.integers(1, 9, count),
        }
        pq.write_table(pa.table(columns), folder / f"{number:04}_part_00.parquet")


def flow(source: Path, target: Path) -> None:
    """Read batches, split them by key, apply the flow of tickit, and write Parquet."""
    fitted = FLOW.without_fit()
    writers: dict[str, pq.ParquetWriter] = {}
    for file in shard_files(source, DATASET.schema):
        for rows in file.tables():
            for side, part in split_by_key(rows, tickit.SHARES, key=KEY).items():
                for batch in batches_of(part):
                    prepared = fitted.apply(batch).append_column(TARGET, batch[TARGET])
                    if side not in writers:
                        writers[side] = part_writer(prepared.schema, target, host=side)
                    writers[side].write_batch(prepared)
    for writer in writers.values():
        writer.close()


def whole_step(source: Path, target: Path) -> None:
    """The step Preprocess of tickit: also the profile of the data, the baseline and the report."""
    opt_ml = target / "opt_ml"
    (opt_ml / "config").mkdir(parents=True)
    (opt_ml / "processing/input").mkdir(parents=True)
    (opt_ml / "processing/input/data").symlink_to(source)
    (opt_ml / "config/processingjobconfig.json").write_text("{}")
    hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
    (opt_ml / "config/resourceconfig.json").write_text(json.dumps(hosts))
    tickit.run(Container(opt_ml))


def plain_pyarrow(source: Path, target: Path) -> None:
    """Read batches with pyarrow alone, split them by a remainder, and write Parquet."""
    writers: dict[str, pq.ParquetWriter] = {}
    for path in sorted(source.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches():
            is_test = pa.array(batch["venueid"].to_numpy() % 5 == 0)
            for side, mask in (("test", is_test), ("train", pa.compute.invert(is_test))):
                part = batch.filter(mask)
                if side not in writers:
                    writers[side] = pq.ParquetWriter(target / f"{side}.parquet", part.schema)
                writers[side].write_batch(part)
    for writer in writers.values():
        writer.close()


def plain_duckdb(source: Path, target: Path) -> None:
    """Read, split by a hash, compute the same columns and write Parquet with DuckDB."""
    connection = duckdb.connect(config={"memory_limit": "512MB"})
    # As the other programs, which write the rows in their order.
    connection.execute("SET preserve_insertion_order = true")
    connection.execute("SET enable_progress_bar = false")
    for side, condition in (("test", "< 2"), ("train", ">= 2")):
        connection.execute(
            f"""COPY (
                SELECT venueid, catid, holiday, isodow(caldate) - 1, dayofyear(caldate), events,
                       total_sold
                FROM read_parquet('{source}/*.parquet')
                WHERE hash(caldate, venueid, catid) % 10 {condition}
            ) TO '{target}/{side}.parquet' (FORMAT parquet)"""
        )


PROGRAMS = {
    "flow of tickit": flow,
    "step Preprocess of tickit": whole_step,
    "plain pyarrow": plain_pyarrow,
    "plain DuckDB": plain_duckdb,
}
