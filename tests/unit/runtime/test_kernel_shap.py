"""Kernel SHAP returns Shapley values: by their definition for few columns, close to it for many."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_code.runtime.kernel_shap import kernel_shap


def table(values):
    return pa.table({f"x{number}": column for number, column in enumerate(values.T)})


def matrix(rows):
    return np.column_stack([column.to_numpy() for column in rows.columns])


def interacting(rows):
    """A model in which neighbouring columns interact."""
    values = matrix(rows)
    products = values * np.roll(values, 1, axis=1)
    return products.sum(axis=1) + np.tanh(values[:, 0]) + 3.0


def by_definition(predict, rows, background):
    """Shapley values over all orders in which columns can be revealed, of shape (rows, columns)."""
    values, others = matrix(rows), matrix(background)
    columns = values.shape[1]

    def worth(row, known):
        mixed = others.copy()
        mixed[:, list(known)] = row[list(known)]
        return predict(table(mixed)).mean()

    found = np.zeros_like(values)
    for index, row in enumerate(values):
        for order in itertools.permutations(range(columns)):
            for place, column in enumerate(order):
                before, after = order[:place], order[: place + 1]
                found[index, column] += worth(row, after) - worth(row, before)
    return found / math.factorial(columns)


def explained(predict, rows, background, **more):
    result = kernel_shap(predict, rows, background, **more)
    return np.column_stack(list(result.values.values())), result.expected


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_few_columns_have_the_values_of_the_definition(columns):
    rng = np.random.default_rng(columns)
    rows, background = (table(rng.normal(size=(count, columns))) for count in (2, 3))
    found, expected = explained(interacting, rows, background)
    assert found == pytest.approx(by_definition(interacting, rows, background), abs=1e-9)
    assert expected == pytest.approx(interacting(background).mean())


@settings(max_examples=15)
@given(st.integers(1, 12), st.integers(0, 1000))
def test_values_and_expectation_add_up_to_the_prediction(columns, seed):
    rng = np.random.default_rng(seed)
    rows, background = (table(rng.normal(size=(2, columns))) for _ in range(2))
    found, expected = explained(interacting, rows, background, seed=seed)
    assert found.sum(axis=1) + expected == pytest.approx(interacting(rows))


def test_sampled_coalitions_explain_a_linear_model_exactly():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=14)
    rows, background = (table(rng.normal(size=(count, 14))) for count in (3, 5))
    found, _ = explained(lambda each: matrix(each) @ weights, rows, background)
    expected = weights * (matrix(rows) - matrix(background).mean(axis=0))
    assert found == pytest.approx(expected, abs=1e-9)


def test_sampled_coalitions_estimate_the_values(monkeypatch):
    rng = np.random.default_rng(1)
    rows, background = (table(rng.normal(size=(count, 7))) for count in (2, 3))
    exact, _ = explained(interacting, rows, background)
    for name, value in {"MOST_EXACT_COLUMNS": 0, "SAMPLES": 256}.items():
        monkeypatch.setattr(f"pipeline_code.runtime.kernel_shap.{name}", value)
    found, _ = explained(interacting, rows, background)
    assert found == pytest.approx(exact, abs=0.15 * np.abs(exact).max())
    assert np.array_equal(found, explained(interacting, rows, background)[0])
    assert not np.array_equal(found, explained(interacting, rows, background, seed=1)[0])


def test_columns_of_text_are_explained():
    rows = pa.table({"colour": ["red"], "size": [3.0]})
    background = pa.table({"colour": ["blue", "blue"], "size": [1.0, 2.0]})

    def predict(each):
        return 10.0 * (each["colour"].to_numpy() == "red") + each["size"].to_numpy()

    result = kernel_shap(predict, rows, background)
    assert {name: values.tolist() for name, values in result.values.items()} == {
        "colour": [pytest.approx(10.0)],
        "size": [pytest.approx(1.5)],
    }
    assert list(result.importance) == ["colour", "size"]
