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

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.problems import problem_of

Numbers = npt.NDArray[np.float64]
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
    problem = problem_of(dataset)
    predicted = predict(rows)
    errors = problem.row_errors(labels, predicted)

    def mean_error(some: pa.Table, known: npt.NDArray[Any]) -> float:
        return float(problem.row_errors(known, predict(some)).mean())

    return {
        **problem.plots(dataset, labels, predicted),
        "error": problem.error,
        "importance": permutation_importance(rows, labels, error=mean_error),
        "errors_by_group": errors_by_group(rows, errors),
        "errors_over_time": errors_over_time(rows, errors),
    }


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
