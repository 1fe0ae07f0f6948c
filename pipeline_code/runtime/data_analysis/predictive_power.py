"""How well each single column predicts the target: what data leaks look like.

As in SageMaker Data Wrangler, a column with a value near 1 predicts the target alone, which columns
known before the event rarely do:
https://docs.aws.amazon.com/sagemaker/latest/dg/data-wrangler-analyses.html (Target Leakage)

A column is divided into groups: its values, or ranges with equal numbers of rows. The prediction
for a row is the mean outcome of its group in the other four of five folds. The power of a class is
2 AUC - 1, that of a number the R² of its ranks, so single large numbers do not decide.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.data_analysis.target import Numbers, Target, ranks, scaled
from pipeline_code.runtime.sketches.column_sketch import kind_of, numbers_of

Codes = npt.NDArray[np.int64]
FOLDS, MOST_RANGES = 5, 100
# The mean of all rows counts as much as this many rows of a group.
_PRIOR_ROWS = 5
# The difference of larger numbers may not be a double.
_LARGEST = 1e300


def predictive_power(target: Target) -> dict[str, float]:
    """Return column -> power, from 0 (none) to 1 (it determines the target), largest first."""
    folds = np.random.default_rng(0).integers(0, FOLDS, target.rows.num_rows)
    powers = {
        name: _power(target, groups_of(target.rows[name]), folds)
        for name in target.inputs.column_names
    }
    return dict(sorted(powers.items(), key=lambda item: -item[1]))


def groups_of(values: pa.ChunkedArray) -> Codes:
    """The number of each value's group: a range of numbers, or a text; -1 is not used."""
    if kind_of(values.type) == "text":
        encoded = values.combine_chunks().dictionary_encode(null_encoding="encode")
        return np.asarray(encoded.indices.to_numpy(), dtype=np.int64)
    numbers = numbers_of(values)
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return np.zeros(len(numbers), dtype=np.int64)
    different = np.unique(known)
    if len(different) > MOST_RANGES:
        numbers, known = (scaled(each, _LARGEST) for each in (numbers, known))
        different = np.unique(np.quantile(known, np.linspace(0, 1, MOST_RANGES + 1)))
    return np.searchsorted(different, numbers)  # NaN is after all numbers


def _power(target: Target, groups: Codes, folds: Codes) -> float:
    predicted = np.empty_like(target.outcomes)
    for fold in range(FOLDS):
        rest, here = folds != fold, folds == fold
        predicted[here] = _means(groups[rest], target.outcomes[rest], groups.max() + 1)[
            groups[here]
        ]
    if target.kind == "number":
        return _explained(target.outcomes[:, 0], predicted[:, 0])
    weights = target.outcomes.sum(axis=0)
    ginis = [_gini(*pair) for pair in zip(target.outcomes.T, predicted.T, strict=True)]
    return float(np.average(ginis, weights=weights))


def _means(groups: Codes, outcomes: Numbers, count: int) -> Numbers:
    """The mean outcomes of each group, of shape (count, outcomes)."""
    rows = np.bincount(groups, minlength=count)
    sums = np.column_stack(
        [np.bincount(groups, weights=each, minlength=count) for each in outcomes.T]
    )
    means: Numbers = (sums + _PRIOR_ROWS * outcomes.mean(axis=0)) / (rows + _PRIOR_ROWS)[:, None]
    return means


def _gini(truth: Numbers, predicted: Numbers) -> float:
    """2 AUC - 1, at least 0."""
    is_true = truth > 0
    trues, falses = is_true.sum(), (~is_true).sum()
    if not trues or not falses:
        return 0.0
    # The mean rank of the true rows, from 0 to 1, is (falses · AUC + trues / 2) / rows.
    auc = (ranks(predicted)[is_true].mean() * len(truth) - trues / 2) / falses
    return max(0.0, float(2 * auc - 1))


def _explained(truth: Numbers, predicted: Numbers) -> float:
    """R², at least 0."""
    total = float(((truth - truth.mean()) ** 2).sum())
    rest = float(((truth - predicted) ** 2).sum())
    return max(0.0, 1 - rest / total) if total else 0.0
