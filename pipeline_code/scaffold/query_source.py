"""The columns of a query with values that are generated from their types and statistics."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from sqlglot import exp

from pipeline_code.sample_rows import EPOCH, Column, Statistics, Type
from pipeline_code.scaffold.detection import MOST_CATEGORIES, Detected
from pipeline_code.scaffold.errors import InvalidSource
from pipeline_code.scaffold.known_tables import KnownQuery
from warehouse.described.generated_rows import MOST_ROWS
from warehouse.described.statistics import ColumnStatistics
from warehouse.query_types import ColumnType

# Of tables and columns that were not measured.
USUAL_ROWS, LEAST_ROWS = 400, 200
USUAL_RANGE, USUAL_YEARS, USUAL_TEXTS = (0.0, 100.0), (2020.0, 2024.0), 5
# The share of missing values of a column that may be empty, if it was not measured.
USUAL_MISSING = 0.02
# The correlation of a column with the target.
EFFECT = 0.5
_QUANTILES = 21
_NAME = r"[a-z_][a-z0-9_]{0,126}"
_UNKNOWN = ColumnStatistics(missing=0.0)


def columns_with_values(query: KnownQuery, target: str | None) -> list[Detected]:
    """Return the columns of the query; the generated `target` depends on the others.

    Raises:
        InvalidSource: a column has no usable name or no known type.
    """
    rows = min(max(query.rows or USUAL_ROWS, LEAST_ROWS), MOST_ROWS)
    columns = [
        _column(name, of, query.measured.get(name, _UNKNOWN), query.rows)
        for name, of in query.types.items()
    ]
    chosen = target if target is not None and target in query.types else columns[-1].name
    made = Statistics(rows=rows, target=chosen, columns=columns).generate(0)
    return [
        Detected(
            header=each.name,
            name=each.name,
            type=each.type,
            form="",
            texts=made[each.name],
            may_be_empty=not query.types[each.name].required,
        )
        for each in columns
    ]


def _column(name: str, of: ColumnType, measured: ColumnStatistics, rows: int | None) -> Column:
    if not re.fullmatch(_NAME, name):
        raise InvalidSource(
            f"a column of the query is named {name!r}: allowed are lower-case letters, digits and "
            "underscores; name it with AS"
        )
    kind = _type(name, of)
    missing = 0.0 if of.required else measured.missing or USUAL_MISSING
    plain = Column(header=name, name=name, type=kind, missing=missing, effect=EFFECT)
    if kind == "boolean":
        return _with_texts(plain, ["false", "true"])
    if measured.distinct is not None and measured.distinct == rows and kind in ("integer", "text"):
        return plain  # a key, which is numbered
    if kind == "text":
        number = measured.distinct or USUAL_TEXTS
        return _with_texts(plain, [f"v{each}" for each in range(min(number, 2 * MOST_CATEGORIES))])
    least, most = measured.least, measured.most
    if kind in ("date", "timestamp"):
        first, last = USUAL_YEARS if least is None or most is None else (least, most)
        ends = _days(first), _days(last + 1) - 1
        return replace(plain, quantiles=_spread(*ends), zoned=of.tree.is_type("timestamptz"))
    ends = USUAL_RANGE if least is None or most is None else (least, most)
    return replace(plain, quantiles=_spread(*ends), digits=0 if kind == "integer" else 2)


def _type(name: str, of: ColumnType) -> Type:
    types: Mapping[Type, Iterable[str | exp.DType]] = {
        "boolean": ["boolean"],
        "integer": of.tree.INTEGER_TYPES,
        "decimal": of.tree.NUMERIC_TYPES,
        "date": ["date"],
        "timestamp": ["timestamp", "timestamptz"],
        "text": of.tree.TEXT_TYPES,
    }
    for kind, members in types.items():
        if of.tree.is_type(*members):
            return kind
    known = of.sql or "a type that is not known"
    raise InvalidSource(
        f"the column {name} of the query has {known}: allowed are booleans, numbers, dates, times "
        f"and texts; convert it, as in CAST(… AS BIGINT) AS {name}, or leave it out"
    )


def _with_texts(column: Column, texts: Sequence[str]) -> Column:
    effects = np.linspace(-1, 1, len(texts)) if len(texts) > 1 else np.zeros(1)
    return replace(
        column,
        values=dict.fromkeys(texts, 1 / len(texts)),
        effects=dict(zip(texts, map(float, effects), strict=True)),
    )


def _spread(least: float, most: float) -> list[float]:
    return [float(each) for each in np.linspace(least, most, _QUANTILES)]


def _days(year: float) -> float:
    return float((datetime(int(year), 1, 1, tzinfo=UTC) - EPOCH).days)
