"""Corrupted calls do not get to the training, clean calls do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline_code.bank.contract import CONTRACT
from pipeline_code.bank.features import DATASET
from pipeline_code.bank.sample_data.generate import generate
from tests.unit.corruptions import CORRUPTIONS, Columns
from tests.unit.data_contracts import failed_rules, profiled, rejections

# Every fourth call is enough, and four times as fast.
SHARE = 4
COLUMNS = Columns(
    target="y",
    period="month",
    number="age",
    swapped=("campaign", "previous"),
    sentinel=("age", 999),
    category="contact",
    value="telephone",
    renamed="fax",
    merged="cellular",
    unknown=("job", "unknown"),
    constant="no",
    lost=lambda answers: answers.where(
        (answers != "yes") | (np.arange(len(answers)) % 10 == 0), "no"
    ),
)


def calls(seed):
    rows = pd.DataFrame(generate(seed=seed))[::SHARE].reset_index(drop=True)
    return rows.set_axis(DATASET.schema.names, axis="columns")


@pytest.fixture(scope="module")
def approved():
    """The profile of the data of the approved version."""
    return profiled(calls(0), CONTRACT)


@pytest.fixture(scope="module")
def rows():
    """The rows of a later run."""
    return calls(1)


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_corrupted_rows_are_rejected(corruption, rows, approved):
    assert rejections(corruption(rows, COLUMNS), CONTRACT, approved)


@pytest.mark.parametrize("seed", range(1, 11))
def test_clean_rows_are_allowed(seed, approved):
    current = profiled(calls(seed), CONTRACT)
    assert failed_rules(current, CONTRACT) == failed_rules(current, CONTRACT, approved) == set()
