"""An analysis of census' rows reports planted leaks, and nothing else."""

import pandas as pd
import pytest

from pipeline_code.census.features import TARGET
from pipeline_code.census.sample_data.people import people
from tests.unit.planted_leaks import LEAKS, analysed, leaks_in, leaky


@pytest.fixture(scope="module")
def rows():
    return people(10_000, seed=0).to_pandas()


def test_planted_leaks_are_reported(rows):
    assert leaks_in(leaky(rows, TARGET), TARGET) == sorted(LEAKS)


def test_clean_rows_have_no_findings(rows):
    assert analysed(rows, TARGET)["findings"] == []


@pytest.mark.real_data
def test_leaks_in_the_published_rows(real_data):
    rows = pd.read_csv(real_data / "census/adult.csv")
    assert analysed(rows, TARGET)["findings"] == []
    assert leaks_in(leaky(rows, TARGET), TARGET) == sorted(LEAKS)
