"""Shapley values of the predictions of any model: kernel SHAP (Lundberg and Lee, 2017).

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-shapley-values.html and
https://arxiv.org/abs/1705.07874, theorem 2.

Imports are relative: the laptop's replacement of Clarify's image links to this file.
"""

import itertools
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .explanation import Explanation

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Predict = Callable[[pa.Table], Numbers]

# 2**10 coalitions: with more columns, coalitions are sampled.
MOST_EXACT_COLUMNS = 10
SAMPLES = 2**10


def kernel_shap(
    predict: Predict, rows: pa.Table, background: pa.Table, *, seed: int = 0
) -> Explanation:
    """Explain the predictions of `rows`.

    The value of a coalition of columns is the mean prediction of the row with the other columns
    from each row of `background`. All coalitions of up to ten columns are used, so the result is
    exact. With more columns, the result is estimated from 1,024 coalitions, in pairs of a coalition
    and its complement.
    """
    names = rows.column_names
    coalitions, weights = _coalitions(len(names), seed)
    expected = float(predict(background).mean())
    means = [_mean(predict, rows, background, coalition) for coalition in coalitions]
    gains = np.reshape(means, (len(coalitions), rows.num_rows)) - expected
    found = _solve(coalitions, weights, gains, predict(rows) - expected)
    return Explanation(dict(zip(names, found, strict=True)), expected)


def _mean(predict: Predict, rows: pa.Table, background: pa.Table, coalition: Flags) -> Numbers:
    """The mean prediction of each row over the background, of shape (rows,)."""
    own = np.repeat(np.arange(rows.num_rows), background.num_rows)
    other = np.tile(np.arange(background.num_rows), rows.num_rows)
    mixed = {
        name: rows[name].take(own) if kept else background[name].take(other)
        for name, kept in zip(rows.column_names, coalition, strict=True)
    }
    predicted = predict(pa.table(mixed)).reshape(rows.num_rows, background.num_rows)
    return np.asarray(predicted.mean(axis=1), dtype=np.float64)


def _coalitions(columns: int, seed: int) -> tuple[npt.NDArray[np.bool_], Numbers]:
    """Coalitions other than none and all, of shape (coalitions, columns), and their weights."""
    sizes = np.arange(1, columns)
    if columns <= MOST_EXACT_COLUMNS:
        found = np.array(list(itertools.product((False, True), repeat=columns)))[1:-1]
        found = found.reshape(-1, columns)
        kernel = {size: 1 / (math.comb(columns, size) * size * (columns - size)) for size in sizes}
        return found, np.array([kernel[size] for size in found.sum(axis=1)])
    rng = np.random.default_rng(seed)
    # The kernel is the distribution that coalitions are drawn from, so all weights are 1.
    chances = 1 / (sizes * (columns - sizes))
    drawn = rng.choice(sizes, SAMPLES // 2, p=chances / chances.sum())
    order = rng.permuted(np.tile(np.arange(columns), (len(drawn), 1)), axis=1)
    half = order < drawn[:, None]
    return np.concatenate([half, ~half]), np.ones(2 * len(drawn))


def _solve(coalitions: Flags, weights: Numbers, gains: Numbers, total: Numbers) -> Numbers:
    """The values, of shape (columns, rows), that fit the gains best and add up to `total`.

    The last column's value is the rest of the total, so the others are a weighted regression.
    """
    last = coalitions[:, -1:].astype(np.float64)
    others = coalitions[:, :-1] - last
    scale = np.sqrt(weights)[:, None]
    found, *_ = np.linalg.lstsq(others * scale, (gains - last * total) * scale, rcond=None)
    return np.vstack([found, total - found.sum(axis=0)])
