"""The passes over the training rows that a flow needs."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import pyarrow as pa

from pipeline_code.runtime.flows.transform import Statistics, Transform
from pipeline_code.runtime.job_errors import DataError

# Reads the rows of a part of the training rows, such as a file, from the beginning.
Part = Callable[[], Iterable[pa.RecordBatch]]
ROWS_OF_BATCH = 2**16


def batches_of(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """The rows of a table in batches."""
    yield from rows.to_batches(max_chunksize=ROWS_OF_BATCH)


def columns_of(parts: Sequence[Part]) -> pa.Schema:
    """The columns of the first batch with rows; raises DataError without rows."""
    for part in parts:
        for batch in part():
            if batch.num_rows:
                return batch.schema
    raise DataError(f"no training rows in {len(parts)} parts: check the data of the step before")


def stages(transforms: Sequence[Transform], schema: pa.Schema) -> list[list[Transform]]:
    """Divide transforms into stages, each of which is fitted in one pass.

    A transform that needs statistics of columns that an earlier one writes begins a new stage.
    """
    found: list[list[Transform]] = [[]]
    written: set[str] = set()
    for transform in transforms:
        reads = transform.reads
        depends = bool(written) if reads is None else not written.isdisjoint(reads)
        if depends and transform.statistics():
            found.append([])
            written = set()
        found[-1].append(transform)
        after = transform.outputs(schema)
        written |= {*transform.columns, *(set(after.names) - set(schema.names))}
        schema = after
    return found


def fit_stage(
    stage: Sequence[Transform], done: Sequence[Transform], parts: Sequence[Part], schema: pa.Schema
) -> list[Transform]:
    """Fit the transforms of a stage after those that are done; `schema` has the first columns."""
    total = [transform.statistics() for transform in stage]
    for part in parts if any(total) else []:
        _merge(total, _observed(stage, done, part))
    for transform in done:
        schema = transform.outputs(schema)
    fitted = []
    for transform, statistics in zip(stage, total, strict=True):
        fitted.append(transform.fitted(statistics, schema))
        schema = fitted[-1].outputs(schema)
    return fitted


def _observed(
    stage: Sequence[Transform], done: Sequence[Transform], part: Part
) -> list[Statistics]:
    found = [transform.statistics() for transform in stage]
    for batch in part():
        for transform in done:
            batch = transform.apply_training(batch)
        for transform, statistics in zip(stage, found, strict=True):
            if statistics and batch.num_rows:
                transform.observe(statistics, batch)
    return found


def _merge(total: Sequence[Statistics], found: Sequence[Statistics]) -> None:
    for merged, part in zip(total, found, strict=True):
        for name, statistic in merged.items():
            statistic.merge(part[name])
