"""The prediction of one row, compared with scikit-learn's."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler, TargetEncoder

from pipeline_code.runtime.estimator_model import EstimatorModel
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.schema import FLOAT, Column, Schema
from pipeline_code.runtime.single_row.row_function import row_function
from pipeline_code.runtime.transforms.keep_columns import KeepColumns

FOLDS = KFold(3)
SETTINGS = {"max_iter": 20, "max_leaf_nodes": 8, "min_samples_leaf": 5, "random_state": 0}


def rows(count, seed):
    """Rows with two columns of codes and two of numbers, both with missing values."""
    random = np.random.default_rng(seed)
    found = np.column_stack(
        [random.integers(0, 9, (count, 2)), random.normal(size=(count, 2))]
    ).astype(float)
    found[random.random(found.shape) < 0.1] = np.nan
    return found


TRAINING = rows(400, 1)
NUMBERS = np.nan_to_num(TRAINING[:, 0]) - np.nan_to_num(TRAINING[:, 2]) ** 2
POSITIVE = np.exp(NUMBERS / 10)
CLASSES = np.digitize(NUMBERS, [0, 4])


def encoded(final, *, remainder="passthrough"):
    encoder = TargetEncoder(target_type="continuous", cv=FOLDS)
    return make_pipeline(
        ColumnTransformer([("codes", encoder, [1, 0])], remainder=remainder), final
    )


REGRESSORS = {
    "squared error": (HistGradientBoostingRegressor(**SETTINGS), NUMBERS),
    "logarithmic link": (HistGradientBoostingRegressor(loss="poisson", **SETTINGS), POSITIVE),
    "one tree without a split": (HistGradientBoostingRegressor(max_iter=1), np.ones(400)),
    "encoded codes": (encoded(HistGradientBoostingRegressor(**SETTINGS)), NUMBERS),
    "dropped columns": (
        encoded(HistGradientBoostingRegressor(**SETTINGS), remainder="drop"),
        NUMBERS,
    ),
    "identity": (
        encoded(HistGradientBoostingRegressor(**SETTINGS), remainder=FunctionTransformer()),
        NUMBERS,
    ),
}


@pytest.mark.parametrize("name", REGRESSORS)
def test_a_regressor_predicts_the_same_number(name):
    estimator, target = REGRESSORS[name]
    estimator.fit(TRAINING, target)
    # 9 is a code that the training rows do not have.
    asked = np.vstack([rows(200, 2), [9.0, 9.0, 0.0, 0.0], [np.nan] * 4])
    function = row_function(estimator)
    assert [function(row).tolist() for row in asked] == [[n] for n in estimator.predict(asked)]


def test_an_infinite_number_is_compared_as_any_other():
    estimator = HistGradientBoostingRegressor(**SETTINGS).fit(TRAINING, NUMBERS)
    asked = np.array([[np.inf, -np.inf, np.inf, -np.inf], [-np.inf, 0, -np.inf, np.nan]])
    function = row_function(estimator)
    assert [function(row).tolist() for row in asked] == [[n] for n in estimator.predict(asked)]


@pytest.mark.parametrize("target", [CLASSES > 0, CLASSES, CLASSES.astype(str)])
def test_a_classifier_has_the_same_probabilities(target):
    estimator = HistGradientBoostingClassifier(**SETTINGS).fit(TRAINING, target)
    asked = rows(200, 2)
    function = row_function(estimator)
    found = np.vstack([function(row) for row in asked])
    np.testing.assert_allclose(found, estimator.predict_proba(asked), rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("estimator", "target", "facts"),
    [
        (HistGradientBoostingRegressor, NUMBERS, {}),
        (HistGradientBoostingClassifier, CLASSES > 0, {"classifier": True}),
        (HistGradientBoostingClassifier, CLASSES, {"classifier": True, "classes": [0, 1, 2]}),
    ],
    ids=["numbers", "two classes", "several classes"],
)
def test_a_model_predicts_a_row_as_in_a_batch(estimator, target, facts):
    schema = Schema(tuple(Column(name, FLOAT, optional=True) for name in ("sold", *"abcd")))
    flow = Flow(schema, [KeepColumns(["a", "b", "c", "d"])], target="sold")
    fitted = flow.without_fit(("a", "b", "c", "d"))
    model = EstimatorModel(estimator(**SETTINGS).fit(TRAINING, target), facts, fitted)
    batch = pa.table(dict(zip("abcd", np.nan_to_num(rows(50, 3)).T, strict=True)))
    expected = model.predict(batch)
    found = [model.predict(batch.slice(number, 1)) for number in range(batch.num_rows)]
    np.testing.assert_allclose(np.concatenate(found), expected, rtol=0, atol=1e-15)


def several_classes(target):
    encoder = TargetEncoder(target_type="multiclass", cv=FOLDS)
    return make_pipeline(encoder, HistGradientBoostingClassifier(**SETTINGS)).fit(TRAINING, target)


def as_texts(codes):
    return np.array([[f"code {code}" for code in row] for row in codes], dtype=object)


class OwnBoosting(HistGradientBoostingRegressor):
    def predict(self, X):  # noqa: N803  # scikit-learn's name
        return super().predict(X) + 1


@pytest.mark.parametrize(
    "estimator",
    [
        LinearRegression().fit(np.nan_to_num(TRAINING), NUMBERS),
        make_pipeline(StandardScaler(), HistGradientBoostingRegressor(**SETTINGS)).fit(
            TRAINING, NUMBERS
        ),
        HistGradientBoostingRegressor(categorical_features=[0], **SETTINGS).fit(TRAINING, NUMBERS),
        OwnBoosting(**SETTINGS).fit(TRAINING, NUMBERS),
        several_classes(CLASSES),
        make_pipeline(
            FunctionTransformer(as_texts),
            TargetEncoder(target_type="continuous", cv=FOLDS),
            HistGradientBoostingRegressor(**SETTINGS),
        ).fit(TRAINING, NUMBERS),
        encoded(
            HistGradientBoostingRegressor(**SETTINGS), remainder=FunctionTransformer(validate=True)
        ).fit(np.nan_to_num(TRAINING), NUMBERS),
        make_pipeline(
            ColumnTransformer(
                [("a", "passthrough", [0]), ("b", "passthrough", [1])],
                transformer_weights={"a": 2},
            ),
            HistGradientBoostingRegressor(**SETTINGS),
        ).fit(TRAINING, NUMBERS),
    ],
    ids=[
        *("linear", "scaled", "categorical", "subclass", "classes"),
        *("encoded texts", "checked numbers", "weights"),
    ],
)
def test_another_estimator_is_called_itself(estimator):
    assert row_function(estimator) is None


@pytest.mark.parametrize("name", ["_baseline_prediction", "_loss", "_predictors"])
def test_an_estimator_without_a_private_attribute_is_called_itself(name):
    estimator = HistGradientBoostingRegressor(**SETTINGS).fit(TRAINING, NUMBERS)
    # Another version of scikit-learn may name it differently.
    delattr(estimator, name)
    assert row_function(estimator) is None


def test_trees_with_other_fields_are_called_themselves():
    estimator = HistGradientBoostingRegressor(**SETTINGS).fit(TRAINING, NUMBERS)
    tree = estimator._predictors[0][0]
    tree.nodes = tree.nodes[["value", "left", "right"]]
    assert row_function(estimator) is None


def test_an_infinite_number_is_refused_in_a_row_as_in_a_batch():
    schema = Schema(tuple(Column(name, FLOAT, optional=True) for name in ("sold", *"abcd")))
    fitted = Flow(schema, [KeepColumns([*"abcd"])], target="sold").without_fit([*"abcd"])
    estimator = encoded(HistGradientBoostingRegressor(**SETTINGS)).fit(TRAINING, NUMBERS)
    model = EstimatorModel(estimator, {}, fitted)
    rows = pa.table({name: [np.inf, 1.0] for name in "abcd"})
    for asked in (rows, rows.slice(0, 1)):
        with pytest.raises(ValueError, match="infinity"):
            model.predict(asked)
