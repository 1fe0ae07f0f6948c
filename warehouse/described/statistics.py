"""Statistics of the tables of an existing warehouse, which contain no value of a row.

docs/decisions/0053-files-describe-an-existing-warehouse.md
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse import WarehouseError

FILE = "statistics.json"
# A range of fewer values would describe single rows.
LEAST_VALUES = 100
_DIGITS = 2


class StatisticsError(WarehouseError):
    """The file with the statistics is not valid."""


@dataclass(frozen=True, kw_only=True)
class ColumnStatistics:
    """Statistics of a column.

    `missing` is the share of rows without a value. `distinct` is the number of values. `least` and
    `most` are ends of a range that contains all numbers, or the first and last year of dates and
    times. None is not known, or not allowed: of columns with personal data, only `missing` is.
    """

    missing: float
    distinct: int | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, kw_only=True)
class TableStatistics:
    """Statistics of a table, and the privileges that others have."""

    rows: int
    grants: Sequence[str]
    columns: Mapping[str, ColumnStatistics]


def rounded(number: int) -> int:
    """Return a number with its two leading digits."""
    return int(float(f"{number:.{_DIGITS}g}"))


def wide_range(least: float, most: float) -> tuple[float, float]:
    """Return a range with ends of one digit of its width, which contains the given one."""
    # The only value of a column is not an end.
    width = most - least or 10 * (abs(most) or 1.0)
    step = 10.0 ** math.floor(math.log10(width))
    ends = math.floor(least / step) * step, math.ceil(most / step) * step
    return float(f"{ends[0]:.9g}"), float(f"{ends[1]:.9g}")


def save_statistics(tables: Mapping[str, TableStatistics], folder: Path) -> Path:
    """Write the file of a folder; the same statistics are the same bytes."""
    path = folder / FILE
    document = {name: asdict(tables[name]) for name in sorted(tables)}
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def load_statistics(folder: Path) -> dict[str, TableStatistics]:
    """Read the file of a folder; empty if it has none.

    Raises:
        StatisticsError: the file is not one of `save_statistics`.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: _table(each) for name, each in found.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StatisticsError(
            f"{path} is not a file of `redline schema` ({error!r}): write it again"
        ) from error


def _table(document: Mapping[str, Any]) -> TableStatistics:
    columns = {name: ColumnStatistics(**each) for name, each in document["columns"].items()}
    return TableStatistics(**{**document, "columns": columns})
