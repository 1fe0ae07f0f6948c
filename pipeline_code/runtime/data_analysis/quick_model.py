"""A random forest, which shows what the columns together predict."""

from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score, roc_auc_score

from pipeline_code.runtime.data_analysis.predictive_power import Codes, groups_of
from pipeline_code.runtime.data_analysis.target import Numbers, Target, scaled
from pipeline_code.runtime.evaluation_plots import permutation_importance
from pipeline_code.runtime.sketches.column_sketch import kind_of, numbers_of

# The forest converts features to float32, and adds them up.
_LARGEST = 1e30
TEST_SHARE, TREES, LEAST_ROWS = 0.3, 60, 5


def quick_model(target: Target) -> dict[str, Any] | None:
    """Return the metric, its value on 30 % of the rows, and the importance of the columns.

    The importance of a column is what the metric loses when its values are exchanged. Without
    other columns than the target there is no model.
    """
    if not target.inputs.num_columns:
        return None
    features = _features(target.inputs)
    is_test = np.random.default_rng(1).random(features.num_rows) < TEST_SHARE
    train, test = (features.filter(pa.array(side)) for side in (~is_test, is_test))
    labels = scaled(target.numbers, _LARGEST)
    kind = RandomForestClassifier if target.kind == "class" else RandomForestRegressor
    model = kind(TREES, min_samples_leaf=LEAST_ROWS, max_features=0.5, random_state=0, n_jobs=1)
    model.fit(_matrix(train), labels[~is_test])

    def error(rows: pa.Table, known: Numbers) -> float:
        return 1 - _quality(target, model, rows, known)

    importance = permutation_importance(test, labels[is_test], error=error)
    return {
        "metric": "auc" if target.kind == "class" else "r2",
        "value": 1 - error(test, labels[is_test]),
        "train_rows": train.num_rows,
        "test_rows": test.num_rows,
        # Smaller differences are those of rounding.
        "importance": {name: round(loss, 6) for name, loss in importance.items()},
    }


def _quality(target: Target, model: Any, rows: pa.Table, labels: Numbers) -> float:
    if target.kind == "number":
        return float(r2_score(labels, model.predict(_matrix(rows))))
    probabilities = model.predict_proba(_matrix(rows))
    scores = {label: probabilities[:, place] for place, label in enumerate(model.classes_)}
    found = [
        (float((labels == label).sum()), roc_auc_score(labels == label, scores[label]))
        for label in np.unique(labels)[: 1 if len(scores) == 2 else None]
        if label in scores and not (labels == label).all()
    ]
    rows_of, aucs = zip(*found, strict=True) if found else ((1.0,), (0.5,))
    return float(np.average(aucs, weights=rows_of))


def _features(rows: pa.Table) -> pa.Table:
    """The columns as numbers; those of texts are in the order of their frequency."""
    columns = [
        _frequent_first(groups_of(column))
        if kind_of(column.type) == "text"
        else scaled(numbers_of(column), _LARGEST)
        for column in rows.columns
    ]
    return pa.table(columns, names=rows.column_names)


def _frequent_first(codes: Codes) -> Numbers:
    """The place of each code in the order of their frequency."""
    order = np.argsort(-np.bincount(codes), kind="stable")
    place = np.empty(len(order))
    place[order] = np.arange(len(order))
    return np.asarray(place[codes])


def _matrix(rows: pa.Table) -> Numbers:
    return np.column_stack([column.to_numpy() for column in rows.columns])
