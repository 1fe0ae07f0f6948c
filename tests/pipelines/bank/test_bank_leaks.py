"""An analysis of bank's rows reports planted leaks, and nothing else."""

import pandas as pd
import pytest

from pipeline_code.bank.features import DATASET, TARGET
from pipeline_code.bank.sample_data.__main__ import FILE
from pipeline_code.bank.sample_data.generate import generate
from tests.unit.planted_leaks import LEAKS, analysed, leaks_in, leaky


@pytest.fixture(scope="module")
def rows():
    """Every fourth call, which is enough."""
    calls = pd.DataFrame(generate(seed=0))[::4].reset_index(drop=True)
    return calls.set_axis(DATASET.schema.names, axis="columns")


def test_planted_leaks_are_reported(rows):
    assert leaks_in(leaky(rows, TARGET), TARGET) == sorted(LEAKS)


def test_clean_rows_have_no_findings(rows):
    assert analysed(rows, TARGET)["findings"] == []


@pytest.mark.real_data
def test_leaks_in_the_published_rows(real_data):
    rows = pd.read_csv(real_data / "bank" / FILE, sep=";")
    assert analysed(rows, TARGET)["findings"] == []
    assert leaks_in(leaky(rows, TARGET), TARGET) == sorted(LEAKS)
