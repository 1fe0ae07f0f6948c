"""Corrupted census rows do not get to the training, clean rows do."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline_code.census.contract import CONTRACT
from pipeline_code.census.features import SCHEMA
from pipeline_code.census.sample_data.people import people
from tests.unit.corruptions import CORRUPTIONS, Columns
from tests.unit.data_contracts import failed_rules, profiled, rejections

ROWS = 10_000
COLUMNS = Columns(
    target="income",
    period="occupation",
    number="age",
    swapped=("capital.gain", "capital.loss"),
    sentinel=("hours.per.week", 999),
    category="workclass",
    value="Self-emp-not-inc",
    renamed="Freelance",
    merged="Private",
    unknown=("occupation", "?"),
    constant="<=50K",
    lost=lambda income: income.where(
        (income != ">50K") | (np.arange(len(income)) % 10 == 0), "<=50K"
    ),
)


def persons(seed):
    return people(ROWS, seed=seed).to_pandas()[SCHEMA.names]


@pytest.fixture(scope="module")
def approved():
    """The profile of the data of the approved version."""
    return profiled(persons(0), CONTRACT)


@pytest.fixture(scope="module")
def rows():
    """The rows of a later run."""
    return persons(1)


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_corrupted_rows_are_rejected(corruption, rows, approved):
    assert rejections(corruption(rows, COLUMNS), CONTRACT, approved)


@pytest.mark.parametrize("seed", range(1, 11))
def test_clean_rows_are_allowed(seed, approved):
    current = profiled(persons(seed), CONTRACT)
    assert failed_rules(current, CONTRACT) == failed_rules(current, CONTRACT, approved) == set()
