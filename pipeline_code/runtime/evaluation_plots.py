"""The document plots.json: curves and counts of an evaluation, for its plots.

Its size does not depend on the number of rows: it has curves of at most 101 points and counts of
ranges, not rows.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.classification import log_losses
from pipeline_code.runtime.dataset import Dataset

Numbers = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
POINTS, RANGES, CELLS, TENTHS = 101, 30, 24, 10
# Rows that represent all rows when the values of a column are exchanged.
MOST_PERMUTED = 2_000
# Groups of a column: the most frequent values, if they have enough rows.
MOST_COLUMNS, MOST_GROUPS, LEAST_ROWS, MOST_CHARACTERS = 8, 8, 20, 60
MOST_PERIODS = 24


def evaluation_plots(
    dataset: Dataset,
    rows: pa.Table,
    labels: npt.NDArray[Any],
    *,
    predict: Callable[[pa.Table], Numbers],
) -> dict[str, Any]:
    """The document for the rows without target, and what the model predicts for them.

    `error` names the metric that is the mean of the errors of rows.
    """
    is_regression = dataset.positive is None
    errors_of = absolute_errors if is_regression else log_losses
    predicted = predict(rows)
    errors = errors_of(labels, predicted)

    def mean_error(some: pa.Table, known: npt.NDArray[Any]) -> float:
        return float(errors_of(known, predict(some)).mean())

    return {
        **(regression_plots if is_regression else classification_plots)(labels, predicted),
        "error": "mae" if is_regression else "log_loss",
        "importance": permutation_importance(rows, labels, error=mean_error),
        "errors_by_group": errors_by_group(rows, errors),
        "errors_over_time": errors_over_time(rows, errors),
    }


def absolute_errors(truth: Numbers, predicted: Numbers) -> Numbers:
    """The absolute error of each row."""
    return np.asarray(np.abs(truth - predicted), dtype=np.float64)


def regression_plots(truth: Numbers, predicted: Numbers) -> dict[str, Any]:
    """Predicted against actual values, and residuals (actual − predicted); shapes (rows,)."""
    ends = (min(truth.min(), predicted.min()), max(truth.max(), predicted.max()))
    cells, edges, _ = np.histogram2d(truth, predicted, bins=CELLS, range=(ends, ends))
    counts, residuals = np.histogram(truth - predicted, bins=RANGES)
    found = zip(*np.nonzero(cells), strict=True)
    return {
        "predicted_against_actual": {
            "edges": edges.tolist(),
            "cells": [[int(x), int(y), int(cells[x, y])] for x, y in found],
        },
        "residuals": {"edges": residuals.tolist(), "counts": counts.tolist()},
    }


def classification_plots(truth: Truth, probability: Numbers) -> dict[str, Any]:
    """ROC and precision-recall curves, calibration and lift; shapes (rows,).

    Both kinds of rows are present. Curves have one point for each different probability, or
    fewer: those at equal steps of the sorted rows.
    """
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    chosen = last[np.unique(np.linspace(0, len(last) - 1, POINTS - 1).round().astype(int))]
    answered, found = chosen + 1, hits[chosen]
    recall = found / hits[-1]
    return {
        "roc": {
            "false_positive_rate": [0.0, *((answered - found) / (~truth).sum()).tolist()],
            "true_positive_rate": [0.0, *recall.tolist()],
        },
        "precision_recall": {
            "recall": recall.tolist(),
            "precision": (found / answered).tolist(),
            "share": float(truth.mean()),
        },
        "calibration": list(_calibration(truth, probability)),
        "lift": list(_lift(truth[order])),
    }


def _calibration(truth: Truth, probability: Numbers) -> Iterator[dict[str, Any]]:
    """The mean prediction and the share of true rows, by tenths of the probability."""
    tenth = np.minimum((probability * TENTHS).astype(int), TENTHS - 1)
    for each in np.unique(tenth):
        rows = tenth == each
        yield {
            "predicted": float(probability[rows].mean()),
            "observed": float(truth[rows].mean()),
            "rows": int(rows.sum()),
        }


def _lift(sorted_truth: Truth) -> Iterator[dict[str, float]]:
    """The share of true rows among the first rows, divided by their share among all rows."""
    share = sorted_truth.mean()
    for each in range(1, TENTHS + 1):
        first = max(1, round(len(sorted_truth) * each / TENTHS))
        yield {"rows": each / TENTHS, "lift": float(sorted_truth[:first].mean() / share)}


def permutation_importance(
    rows: pa.Table,
    labels: npt.NDArray[Any],
    *,
    error: Callable[[pa.Table, npt.NDArray[Any]], float],
) -> dict[str, float]:
    """By how much `error` of rows and labels increases if the values of a column are exchanged.

    The largest is first. A sample represents many rows.
    """
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.permutation(rows.num_rows)[:MOST_PERMUTED])
    sample, known = rows.take(chosen), labels[chosen]
    usual, other = error(sample, known), rng.permutation(len(chosen))
    increases = {
        name: error(sample.set_column(place, sample.field(place), sample[name].take(other)), known)
        - usual
        for place, name in enumerate(sample.column_names)
    }
    return dict(sorted(increases.items(), key=lambda item: -item[1]))


def errors_by_group(rows: pa.Table, errors: Numbers) -> dict[str, list[dict[str, Any]]]:
    """The mean of `errors` by the most frequent values of texts and booleans; None is missing."""
    found: dict[str, list[dict[str, Any]]] = {}
    for field in rows.schema:
        if len(found) < MOST_COLUMNS and _has_groups(field.type):
            groups = list(_groups(rows[field.name], errors))
            if len(groups) > 1:
                found[field.name] = groups
    return found


def _has_groups(given: pa.DataType) -> bool:
    return bool(pa.types.is_string(given) or pa.types.is_boolean(given))


def _groups(values: pa.ChunkedArray, errors: Numbers) -> Iterator[dict[str, Any]]:
    counted = sorted(pc.value_counts(values).to_pylist(), key=lambda each: -each["counts"])
    for each in counted[:MOST_GROUPS]:
        if each["counts"] >= LEAST_ROWS:
            value = each["values"]
            here = pc.is_null(values) if value is None else pc.equal(values, value).fill_null(False)
            shown = None if value is None else str(value)[:MOST_CHARACTERS]
            mean = float(errors[here.to_numpy()].mean())
            yield {"value": shown, "rows": each["counts"], "error": mean}


def errors_over_time(rows: pa.Table, errors: Numbers) -> dict[str, Any] | None:
    """The mean of `errors` in equal periods of the first column of dates; None without one."""
    dates = [field.name for field in rows.schema if pa.types.is_date(field.type)]
    if not dates:
        return None
    has_date = pc.is_valid(rows[dates[0]]).to_numpy()
    days = rows[dates[0]].drop_null().cast(pa.int32()).to_numpy()
    if not len(days):
        return None
    errors = errors[has_date]
    edges = np.linspace(days.min(), days.max() + 1, MOST_PERIODS + 1)
    period = np.searchsorted(edges, days, side="right") - 1
    periods = [
        {
            "from": str(np.datetime64(int(edges[each]), "D")),
            "rows": int((period == each).sum()),
            "error": float(errors[period == each].mean()),
        }
        for each in np.unique(period)
    ]
    return {"column": dates[0], "periods": periods}
