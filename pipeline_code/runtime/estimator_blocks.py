"""Fits an estimator of scikit-learn with `partial_fit`, block by block, on rows of any number."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.flows.fitted_flow import FittedFlow
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.flows.stages import batches_of
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.problems import problem_of
from pipeline_code.runtime.row_hashes import hashes_of
from pipeline_code.runtime.row_spool import RowSpool
from pipeline_code.runtime.shard_files import ShardFile, shard_files
from pipeline_code.runtime.shards import check_same_columns
from pipeline_code.runtime.training_ranges import TrainingRanges, ranges_of

# Bits of a hash that a float32 represents exactly.
_HASH_BITS = 24


@dataclass(frozen=True)
class Trained:
    """A fitted estimator, its flow, and facts of its training rows.

    `quality` is the metric of the training rows that is written to the log.
    """

    estimator: Any
    flow: FittedFlow
    rows: int
    target_mean: float | list[float]
    ranges: TrainingRanges
    quality: str


def can_fit_blocks(estimator: Any) -> bool:
    """Whether an estimator can be fitted on rows that do not fit in memory."""
    return hasattr(estimator, "partial_fit")


def fit_blocks(
    container: Container,
    dataset: Dataset,
    flow: Flow,
    estimator: Any,
    sources: Mapping[str, pa.Table],
) -> Trained:
    """Fit on the channel `train`, whose rows the estimator sees once, as float32.

    The order of the rows is that of their hashes. It is like that of shuffled rows, which such an
    estimator needs, and does not depend on the files. The memory is bounded by a block, the
    statistics of the flow, and 8 bytes for each row; the volume of the job needs 8 bytes for each
    feature of a row.
    """
    files = shard_files(container.channel("train"), dataset.schema)
    fitted = flow.fit([partial(_flow_batches, file, dataset) for file in files], sources=sources)
    with tempfile.TemporaryDirectory(dir=container.opt_ml) as folder:
        rows = _Rows(Path(folder) / "rows", dataset, fitted)
        for file in files:
            for batch in _batches(file):
                rows.add(batch, file.name)
        labels = np.concatenate(rows.labels)
        problem_of(dataset).check_training(dataset, labels)
        blocks = rows.shuffled()
        for features, target in blocks.pairs():
            estimator.partial_fit(features, target, **_classes(dataset))
        return Trained(
            estimator,
            fitted.selected(blocks.used),
            len(labels),
            dataset.target_mean(labels),
            rows.ranges,
            _quality(estimator, blocks, len(labels), is_classifier=bool(_classes(dataset))),
        )


def used_features(have_values: Any) -> npt.NDArray[np.bool_]:
    """Return which features have a value: estimators do not accept one without. Raises DataError
    if none has."""
    if not have_values.any():
        raise DataError("no feature has a value in the training rows: check the query")
    return np.asarray(have_values)


def flow_rows(rows: pa.Table, dataset: Dataset) -> pa.Table:
    """The columns that a flow is fitted on: all, or of several targets the inputs only."""
    return rows.drop_columns(list(dataset.targets)) if dataset.has_several_targets else rows


def _flow_batches(file: ShardFile, dataset: Dataset) -> Iterator[pa.RecordBatch]:
    for table in file.tables():
        yield from batches_of(flow_rows(table, dataset))


def _batches(file: ShardFile) -> Iterator[pa.RecordBatch]:
    for table in file.tables():
        yield from batches_of(table)


class _Blocks:
    """The features and targets of rows in the order of their hashes.

    `labels` is an array like those of all rows, with their type and number of targets.
    """

    def __init__(
        self, spool: RowSpool, used: npt.NDArray[np.bool_], labels: npt.NDArray[Any]
    ) -> None:
        self._spool, self.used, self._labels = spool, used, labels

    def pairs(self) -> Iterator[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
        several = self._labels.ndim > 1
        targets = self._labels.shape[1] if several else 1
        for block in self._spool.blocks():
            labels = block[:, :targets].astype(self._labels.dtype)
            yield block[:, targets:-1][:, self.used], labels if several else labels[:, 0]


class _Rows:
    """Collects the rows in a file: the label of each target, the features, and the hash."""

    def __init__(self, path: Path, dataset: Dataset, flow: FittedFlow) -> None:
        self._dataset, self._flow = dataset, flow
        self._spool = RowSpool(path, columns=len(dataset.targets) + len(flow.features) + 1)
        self._used = np.zeros(len(flow.features), dtype=np.bool_)
        self._columns: dict[str, list[str]] = {}
        self.labels: list[npt.NDArray[Any]] = []
        self.ranges = TrainingRanges({})

    def add(self, batch: pa.RecordBatch, name: str) -> None:
        """Add rows of the file `name`. Raises DataError for other columns than those before."""
        if not batch.num_rows:
            return
        self._columns[name] = batch.schema.names
        check_same_columns(self._columns)
        rows = pa.Table.from_batches([batch])
        labels, matrix = self._dataset.labels(rows), self._flow.training_matrix(rows)
        hashes = (hashes_of(batch) >> np.uint64(64 - _HASH_BITS)).astype(np.float32)
        self._spool.append(np.column_stack([labels, matrix, hashes]))
        self._used |= ~np.isnan(matrix).all(axis=0)
        self.labels.append(labels)
        self.ranges = self.ranges.merged(ranges_of(rows, self._dataset))

    def shuffled(self) -> _Blocks:
        """All rows, in the order of their hashes. Raises DataError if no feature has a value."""
        return _Blocks(self._spool.sorted(), used_features(self._used), self.labels[0])


def _classes(dataset: Dataset) -> dict[str, npt.NDArray[Any]]:
    """The argument of `partial_fit` of a classifier, which may lack a class in its first block."""
    if dataset.classes:
        return {"classes": np.arange(len(dataset.classes))}
    return {} if dataset.positive is None else {"classes": np.array([False, True])}


def _quality(estimator: Any, blocks: _Blocks, rows: int, *, is_classifier: bool) -> str:
    if is_classifier:
        hits = sum(
            int((estimator.predict(each) == target).sum()) for each, target in blocks.pairs()
        )
        return f"train:score={hits / rows:.4f};"
    squares = sum(
        float(np.mean((estimator.predict(each) - target) ** 2) * len(target))
        for each, target in blocks.pairs()
    )
    return f"train:rmse={(squares / rows) ** 0.5:.4f};"
