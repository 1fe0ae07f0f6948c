"""Transforms of numbers equal those of scikit-learn on the same rows."""

import math

import numpy as np
import pyarrow as pa
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    Normalizer,
    RobustScaler,
    StandardScaler,
)

from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.schema import FLOAT, INTEGER, Column, Schema
from pipeline_code.runtime.transforms.bin_numbers import BinNumbers
from pipeline_code.runtime.transforms.clip_outliers import ClipOutliers
from pipeline_code.runtime.transforms.fill_missing import FillMissing
from pipeline_code.runtime.transforms.format_number import FormatNumber
from pipeline_code.runtime.transforms.normalize import Normalize
from pipeline_code.runtime.transforms.scale import Scale
from tests.unit.runtime.flows.rows import rows_of

SCHEMA = Schema((Column("price", FLOAT, nullable=True), Column("seats", INTEGER, nullable=True)))
TRAIN = rows_of(2_000).select(SCHEMA.names)
TEST = rows_of(300, seed=1).select(SCHEMA.names)


def matrix_of(rows: pa.Table) -> np.ndarray:
    columns = (rows[name].cast(pa.float64()).fill_null(np.nan) for name in rows.column_names)
    return np.column_stack([column.to_numpy() for column in columns])


@pytest.mark.parametrize(
    ("transform", "reference"),
    [
        (Scale(["price", "seats"]), StandardScaler()),
        (Scale(["price", "seats"], "min-max"), MinMaxScaler()),
        (Scale(["price", "seats"], "robust"), RobustScaler()),
        (FillMissing(["price", "seats"], "mean"), SimpleImputer(strategy="mean")),
        (FillMissing(["price", "seats"], "median"), SimpleImputer(strategy="median")),
        (FillMissing(["price", "seats"], "most frequent"), SimpleImputer(strategy="most_frequent")),
        (
            FillMissing(["price", "seats"], "constant", 7),
            SimpleImputer(strategy="constant", fill_value=7),
        ),
    ],
    ids=lambda each: str(each)[:40],
)
def test_numbers_equal_those_of_scikit_learn(transform, reference):
    fitted = Flow(SCHEMA, [transform]).fit_table(TRAIN)
    expected = reference.fit(matrix_of(TRAIN)).transform(matrix_of(TEST))
    found = fitted.matrix(TEST)
    if isinstance(transform, FillMissing):
        # The mean and median of whole numbers are whole numbers.
        expected[:, 1] = np.floor(expected[:, 1])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", ["quantile", "uniform"])
def test_bins_equal_those_of_scikit_learn(method):
    train, test = (rows.drop_null() for rows in (TRAIN, TEST))
    options = {"quantile_method": "linear"} if method == "quantile" else {}
    reference = KBinsDiscretizer(5, encode="ordinal", strategy=method, subsample=None, **options)
    expected = reference.fit(matrix_of(train)).transform(matrix_of(test))
    fitted = Flow(SCHEMA, [BinNumbers(["price", "seats"], 5, method)]).fit_table(train)
    np.testing.assert_array_equal(fitted.matrix(test), expected)


@pytest.mark.parametrize("norm", ["l1", "l2", "max"])
def test_vectors_are_normalized_as_by_scikit_learn(norm):
    rows = TEST.drop_null()
    fitted = Flow(SCHEMA, [Normalize(["price", "seats"], norm)]).without_fit()
    expected = Normalizer(norm).transform(matrix_of(rows))
    np.testing.assert_allclose(fitted.matrix(rows), expected, rtol=1e-12)


def test_outliers_are_clipped_to_a_range_of_the_training_rows():
    numbers = matrix_of(TRAIN)[:, 0]
    known = numbers[~np.isnan(numbers)]
    first, third = np.quantile(known, [0.25, 0.75])
    ranges = {
        "quantile": np.quantile(known, [0.01, 0.99]),
        "iqr": (first - 1.5 * (third - first), third + 1.5 * (third - first)),
        "deviation": (known.mean() - 1.5 * known.std(), known.mean() + 1.5 * known.std()),
    }
    for method, (low, high) in ranges.items():
        fitted = Flow(SCHEMA, [ClipOutliers(["price"], method)]).fit_table(TRAIN)
        found = fitted.matrix(TEST)[:, 0]
        np.testing.assert_allclose(found, np.clip(matrix_of(TEST)[:, 0], low, high), rtol=1e-12)


def test_a_constant_column_is_scaled_to_zero_and_one_without_values_stays_missing():
    rows = pa.table({"price": [2.0, 2.0], "seats": pa.array([None, None], pa.int64())})
    for method in ("standard", "min-max", "robust"):
        fitted = Flow(SCHEMA, [Scale(["price"], method)]).fit_table(rows)
        assert fitted.matrix(rows)[:, 0].tolist() == [0, 0]
    fitted = Flow(SCHEMA, [FillMissing(["seats"]), Scale(["seats"])]).fit_table(rows)
    assert np.isnan(fitted.matrix(rows)[:, 1]).all()


def test_numbers_are_formatted_without_a_fit():
    rows = pa.table({"price": [1.26, -4.0, None], "seats": [1, 2, 3]})
    expected = {
        FormatNumber(["price"], digits=1): [1.3, -4.0, None],
        FormatNumber(["price"], "floor", factor=10): [12, -40, None],
        FormatNumber(["price"], "log1p"): [math.log1p(1.26), None, None],
        FormatNumber(["price"], "square_root"): [math.sqrt(1.26), None, None],
    }
    for transform, numbers in expected.items():
        batch = Flow(SCHEMA, [transform]).without_fit().apply(rows.to_batches()[0])
        assert batch["price"].to_pylist() == numbers


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Scale(["price"], "both"), "Scale: method is 'both': allowed are 'standard', 'min"),
        (lambda: Scale("price"), "Scale: columns is the text 'price': must be a list of names"),
        (lambda: ClipOutliers(["price"], quantiles=(0.9, 0.1)), "quantiles are .0.9, 0.1"),
        (lambda: BinNumbers(["price"], 1), "bins is 1: must be at least 2"),
        (lambda: FillMissing(["price"], "constant"), "value is None with the method 'constant'"),
        (lambda: FormatNumber(["price"], "floor", digits=1), "only the operation 'round' uses it"),
        (lambda: Flow(SCHEMA, [Scale(["prize"])]), "no column 'prize': allowed are price, seats"),
        (
            lambda: Flow(SCHEMA, [FillMissing(["price"], "constant", "x")]),
            "value is 'x': column 'price' is of type double",
        ),
        (lambda: Flow(SCHEMA, [FillMissing(["price"], "own category")]), "a category needs text"),
    ],
)
def test_an_invalid_declaration_is_refused(make, message):
    with pytest.raises(SettingError, match=message):
        make()


def test_a_flow_is_not_used_before_it_is_fitted():
    with pytest.raises(DataError, match="Scale is not fitted: fit the flow on training rows"):
        Scale(["price"]).apply(TEST.to_batches()[0])
    with pytest.raises(SettingError, match="Scale: fit the flow on training rows"):
        Flow(SCHEMA, [Scale(["price"])]).without_fit()


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_the_median_of_the_largest_integers_is_an_integer(number):
    schema = Schema((Column("seats", INTEGER, nullable=True),))
    rows = pa.table({"seats": [number, number, None]})
    fitted = Flow(schema, [FillMissing(["seats"])]).fit_table(rows)
    assert fitted.apply(rows.to_batches()[0])["seats"].to_pylist() == [number] * 3
