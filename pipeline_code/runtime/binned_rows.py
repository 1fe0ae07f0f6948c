"""The rows of a channel as XGBoost's bins, made from files that are larger than the memory.

A text is parsed once: its numbers are kept in a file on the volume of the job, which XGBoost reads
in blocks, once for each of its passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline_code.runtime.row_spool import RowSpool
from pipeline_code.runtime.xgboost_csv import labelled_rows

# XGBoost's default: with at most 256 bins, a value needs 1 byte.
BINS = 256


@dataclass(frozen=True)
class ChannelRows:
    """The rows of a channel on this host, with the label first, and the sum of their labels."""

    spool: RowSpool
    label_sum: float


def read_channel(folder: Path, spool: Path, *, features: int, ordered: bool) -> ChannelRows:
    """Copy the rows of all files below `folder` to the file `spool`, 4 bytes for each value.

    With `ordered`, the rows are sorted. Raises DataError as `labelled_rows` does.
    """
    rows, label_sum = RowSpool(spool, columns=1 + features), 0.0
    for block in labelled_rows(folder, features=features):
        rows.append(block)
        label_sum += float(block[:, 0].sum())
    return ChannelRows(rows.sorted() if ordered else rows, label_sum)


def binned(
    rows: RowSpool, names: Sequence[str] | None, *, bins: int = BINS, like: Any = None
) -> Any:
    """Return a QuantileDMatrix of the rows, with the bins of the matrix `like` if given.

    The hosts of a training group compute the bins together, from the rows of all of them. The
    matrix and thus the model equal those of a DMatrix of the same rows, and do not depend on the
    size of the blocks.
    """
    # The import takes a second, so jobs with invalid input should fail before it.
    import xgboost

    class Blocks(xgboost.DataIter):
        """Gives the rows to XGBoost block by block."""

        def __init__(self) -> None:
            super().__init__()
            self.reset()

        def reset(self) -> None:
            self._blocks = rows.blocks()

        def next(self, input_data: Any) -> bool:
            block = next(self._blocks, None)
            if block is None:
                return False
            input_data(data=block[:, 1:], label=block[:, 0], feature_names=names)
            return True

    return xgboost.QuantileDMatrix(Blocks(), max_bin=bins, ref=like)
