"""Replaces dates and times by numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import pi

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.flows.columns import (
    TIME,
    as_numbers,
    from_numbers,
    with_columns,
    with_fields,
)
from pipeline_code.runtime.flows.transform import Row, RowFunction, Transform

_EPOCH, _MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
# Part -> its values, of times in microseconds.
_PARTS: Mapping[str, Callable[[pa.Array], pa.Array]] = {
    "day_since_1970": lambda moments: pc.divide(
        moments.cast(pa.int64()).cast(pa.float64(), safe=False), 86_400e6
    ),
    "year": pc.year,
    "quarter": pc.quarter,
    "month": pc.month,
    "week": pc.iso_week,
    "day": pc.day,
    # Monday is 0.
    "day_of_week": pc.day_of_week,
    # From 1.
    "day_of_year": pc.day_of_year,
    "hour": pc.hour,
    "minute": pc.minute,
}
# Part -> its value of one time.
_PARTS_OF_ONE: Mapping[str, Callable[[datetime], float]] = {
    "day_since_1970": lambda moment: (moment - _EPOCH) // _MICROSECOND / 86_400e6,
    "year": lambda moment: moment.year,
    "quarter": lambda moment: (moment.month + 2) // 3,
    "month": lambda moment: moment.month,
    "week": lambda moment: moment.isocalendar().week,
    "day": lambda moment: moment.day,
    "day_of_week": datetime.weekday,
    "day_of_year": lambda moment: moment.timetuple().tm_yday,
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
}
# Part -> its first value and the number of its values.
_CYCLES = {
    **{"quarter": (1, 4), "month": (1, 12), "week": (1, 53), "day": (1, 31)},
    **{"day_of_week": (0, 7), "day_of_year": (1, 366), "hour": (0, 24), "minute": (0, 60)},
}


@dataclass(frozen=True)
class TimeParts(Transform):
    """Replaces a date or time by its parts, named `column.part`.

    The parts of `cycles` become a sine and a cosine, so that December is next to January, named
    `column.part.sin` and `column.part.cos`. Times are in UTC.
    """

    parts: Sequence[str] = ("day_since_1970", "day_of_week", "day_of_year")
    cycles: Sequence[str] = ()
    allowed = TIME

    def check(self) -> None:
        """Raise SettingError for an unknown part, or without any."""
        for part in self.parts:
            self.require_choice("a part", part, list(_PARTS))
        for part in self.cycles:
            self.require_choice("a cycle", part, list(_CYCLES))
        if not (self.parts or self.cycles):
            raise self.refused(f"no parts: allowed are {', '.join(_PARTS)}")

    def outputs(self, schema: pa.Schema) -> pa.Schema:
        """The parts instead of the columns."""
        self.require(schema)
        names = [name for column in self.columns for name in self._names(column)]
        return with_fields(schema, dict.fromkeys(names, pa.float64()), without=self.columns)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Replace the columns; the parts of a missing value are missing."""
        columns: dict[str, pa.Array] = {}
        for name in self.columns:
            moments = batch[name].cast(pa.timestamp("us"))
            for part in self.parts:
                columns[f"{name}.{part}"] = _PARTS[part](moments).cast(pa.float64())
            for part in self.cycles:
                first, length = _CYCLES[part]
                angles = (as_numbers(_PARTS[part](moments)) - first) * (2 * pi / length)
                columns[f"{name}.{part}.sin"] = from_numbers(np.sin(angles))
                columns[f"{name}.{part}.cos"] = from_numbers(np.cos(angles))
        return with_columns(batch, columns, without=self.columns)

    def row_function(self, schema: pa.Schema) -> RowFunction:
        """Replace the times of a row."""
        names = {column: self._names(column) for column in self.columns}

        def change(row: Row) -> None:
            for column, parts in names.items():
                value = row.pop(column)
                found = [None] * len(parts) if value is None else self._parts_of(value)
                row.update(zip(parts, found, strict=True))

        return change

    def _parts_of(self, value: date) -> list[float]:
        """The values of `_names` for one date or time."""
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
        found = [float(_PARTS_OF_ONE[part](moment)) for part in self.parts]
        for part in self.cycles:
            first, length = _CYCLES[part]
            # The sine of numpy, which may differ from that of Python in the last bit.
            angle = np.array([(_PARTS_OF_ONE[part](moment) - first) * (2 * pi / length)])
            found += [float(np.sin(angle)[0]), float(np.cos(angle)[0])]
        return found

    def _names(self, column: str) -> list[str]:
        ends = [*self.parts, *(f"{part}.{end}" for part in self.cycles for end in ("sin", "cos"))]
        return [f"{column}.{end}" for end in ends]
