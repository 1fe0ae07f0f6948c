"""The limits of the contract of a new pipeline, which its file and generated rows meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.sample_rows import Column, Statistics
from pipeline_code.scaffold.column_statistics import numbers_of
from pipeline_code.scaffold.detection import Detected
from pipeline_code.scaffold.target import Target

# The range of numbers is so much wider than that of the file.
MARGIN = 0.5
# The number of generated tables that meet the contract.
SEEDS = 6
# The default of longest_gap_days.
USUAL_GAP_DAYS = 14


@dataclass(frozen=True)
class ContractLimits:
    """The arguments of the contract for the target and the inputs of a model."""

    target: Target
    inputs: Sequence[Detected]
    statistics: Statistics

    @property
    def arguments(self) -> list[str]:
        """The arguments as Python, in the order of the contract."""
        rows = min(len(self.target.column.texts), self.statistics.rows)
        numbers = [column for column in self.inputs if column.is_number]
        nullable = [column for column in self.inputs if column.nullable]
        return [
            "dataset=DATASET",
            f"least_rows={rows // 2:_}",
            *_mapping("ranges", [f'"{column.name}": {self._range(column)}' for column in numbers]),
            *self._target_mean(),
            *_mapping("nulls", [f'"{each.name}": {_most_missing(each)}' for each in nullable]),
            *self._repeated(),
            *self._dates(),
        ]

    @cached_property
    def _known(self) -> dict[str, Column]:
        return {column.name: column for column in self.statistics.columns}

    @cached_property
    def _generated(self) -> list[pa.Table]:
        names = [*self.target.names, *(column.name for column in self.inputs)]
        return [self.statistics.generate(seed).select(names) for seed in range(SEEDS)]

    def _range(self, column: Detected) -> str:
        """A range around the numbers of the file and the generated ones."""
        known = self._known[column.name]
        numbers = numbers_of(known, column)
        ends = [*known.quantiles, np.nanmin(numbers), np.nanmax(numbers)]
        least, most = float(min(ends)), float(max(ends))
        margin = MARGIN * (most - least)
        lower = 0.0 if 0 <= least < margin else least - margin
        return f"({_digits(lower, margin)}, {_digits(most + margin, margin)})"

    def _target_mean(self) -> list[str]:
        """The limit of the mean; classes have none, their shares are compared by `shift`."""
        column = self.target.column
        if self.target.kind == "multiclass":
            return []
        if self.target.kind == "binary":
            positive = self.target.positive
            share = self._known[column.name].values["true" if positive is True else str(positive)]
            return [f"target_mean=({share / 2:.2g}, {min(1.0, share * 1.5):.2g})"]
        if not self.target.others:
            return [f"target_mean={self._mean(column)}"]
        of_targets = [f'"{each.name}": {self._mean(each)}' for each in self.target.columns]
        return _mapping("target_mean", of_targets)

    def _mean(self, column: Detected) -> str:
        """A range around the means of the file and of generated rows."""
        values = _floats(column.texts)
        means = [values.mean(), *(_floats(rows[column.name]).mean() for rows in self._generated)]
        spread = values.std() / 2
        ends = _digits(min(means) - spread, spread), _digits(max(means) + spread, spread)
        return f"({ends[0]}, {ends[1]})"

    def _repeated(self) -> list[str]:
        columns = [column.texts.to_pylist() for column in (*self.target.columns, *self.inputs)]
        rows = list(zip(*columns, strict=True))
        shares = [1 - len(set(rows)) / len(rows)]
        shares += [each.to_pandas().duplicated().mean() for each in self._generated]
        most = max(shares)
        return [f"repeated={min(1.0, round(2 * most + 0.01, 2))}"] if most else []

    def _dates(self) -> list[str]:
        """Limits for gaps and future dates, if the defaults are too strict."""
        longest, last = 0, date.min
        for column in self.inputs:
            if column.type in ("date", "timestamp"):
                file = [self._known[column.name].in_table(text) for text in column.counts]
                for texts in (file, *(rows[column.name].to_pylist() for rows in self._generated)):
                    days = sorted({date.fromisoformat(text[:10]) for text in texts if text})
                    gaps = [(b - a).days for a, b in zip(days, days[1:], strict=False)]
                    longest, last = max([longest, *gaps]), max([last, *days])
        limits = [f"longest_gap_days={2 * longest}"] if longest > USUAL_GAP_DAYS else []
        ahead = (last - datetime.now(UTC).date()).days
        return [*limits, f"future_days={ahead + 366}"] if ahead > 0 else limits


def _most_missing(column: Detected) -> float:
    return min(1.0, round(2 * column.missing + 0.05, 2))


def _floats(texts: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.array([float(text) for text in texts.drop_null().to_pylist()])


def _mapping(name: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    return [f"{name}={{\n" + "".join(f"        {each},\n" for each in entries) + "    }"]


def _digits(number: float, scale: float) -> str:
    """The number, rounded to a tenth of the scale or less, as Python writes it."""
    step = 10.0 ** np.floor(np.log10(scale / 10))
    rounded = float(f"{round(number / step) * step:.12g}")
    return f"{int(rounded):_}" if rounded == int(rounded) else repr(rounded)
