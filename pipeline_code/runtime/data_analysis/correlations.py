"""Correlations of pairs of columns: Pearson and Spearman of numbers, Cramér's V of texts."""

from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline_code.runtime.data_analysis.predictive_power import Codes, groups_of
from pipeline_code.runtime.data_analysis.target import Numbers, ranks, scaled
from pipeline_code.runtime.sketches.column_sketch import kind_of, numbers_of

# Columns with more different texts are not categories.
MOST_CATEGORIES = 50
# The first columns of a wide table; the number of pairs grows with the square.
MOST_COLUMNS = 40
Pairs = list[dict[str, Any]]


def correlations(rows: pa.Table) -> dict[str, Pairs]:
    """Return pearson, spearman and cramers_v: pairs {a, b, value}, the strongest first.

    A pair without a value, such as with a constant column, is left out.
    """
    numbers, texts = _numbers(rows), _categories(rows)
    return {
        "pearson": _pairs(numbers, pearson),
        "spearman": _pairs(numbers, spearman),
        "cramers_v": _pairs(texts, cramers_v),
    }


def uncorrelated_columns(rows: pa.Table) -> dict[str, int]:
    """The number of columns without correlations, because the table is wide, by their kind."""
    counts = {"numbers": len(_numbers(rows)), "texts": len(_categories(rows))}
    return {kind: max(0, count - MOST_COLUMNS) for kind, count in counts.items()}


def _numbers(rows: pa.Table) -> dict[str, Numbers]:
    return {
        field.name: numbers_of(rows[field.name]) for field in rows.schema if not _is_text(field)
    }


def _categories(rows: pa.Table) -> dict[str, Codes]:
    texts = {field.name: groups_of(rows[field.name]) for field in rows.schema if _is_text(field)}
    return {name: codes for name, codes in texts.items() if _is_category(codes)}


def _is_text(field: pa.Field) -> bool:
    return kind_of(field.type) == "text"


def _is_category(codes: Codes) -> bool:
    return len(codes) > 0 and codes.max() < MOST_CATEGORIES


def _pairs(columns: dict[str, Any], measure: Any) -> Pairs:
    chosen = list(columns)[:MOST_COLUMNS]
    found = [
        {"a": a, "b": b, "value": value}
        for a, b in combinations(chosen, 2)
        if (value := measure(columns[a], columns[b])) is not None
    ]
    return sorted(found, key=lambda pair: -abs(pair["value"]))


def pearson(first: Numbers, second: Numbers) -> float | None:
    """The linear correlation of the rows that have both numbers; None if it is undefined."""
    known = ~(np.isnan(first) | np.isnan(second))
    if not known.any():
        return None
    # The square of a large number is not a double.
    a, b = (scaled(each[known], 1.0) for each in (first, second))
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip((a @ b) / scale, -1, 1)) if scale else None


def spearman(first: Numbers, second: Numbers) -> float | None:
    """The correlation of the ranks; None if it is undefined."""
    known = ~(np.isnan(first) | np.isnan(second))
    return pearson(ranks(first[known]), ranks(second[known]))


def cramers_v(first: Codes, second: Codes) -> float | None:
    """Cramér's V, corrected for the bias of small samples; None if a column is constant.

    Source: Bergsma, "A bias-correction for Cramér's V and Tschuprow's T" (2013).
    """
    counts = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(counts, (first, second), 1)
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    n, (r, k) = counts.sum(), counts.shape
    if min(r, k) < 2 or n < 2:
        return None
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    phi = float(((counts - expected) ** 2 / expected).sum() / n)
    corrected = max(0.0, phi - (r - 1) * (k - 1) / (n - 1))
    fewest = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(corrected / fewest)) if fewest > 0 else None
