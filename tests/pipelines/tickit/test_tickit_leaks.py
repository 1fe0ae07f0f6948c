"""An analysis of tickit's rows reports planted leaks, and nothing else."""

import pandas as pd
import pytest

from pipeline_code.tickit.features import DATASET, TARGET
from tests.pipelines.tickit.test_whole_data import generated, query  # noqa: F401 - fixtures
from tests.unit.planted_leaks import LEAKS, analysed, leaks_in, leaky


@pytest.fixture(scope="module")
def rows(sales):
    return sales(0)


def test_planted_leaks_are_reported(rows):
    assert leaks_in(leaky(rows, TARGET), TARGET) == sorted(LEAKS)


def test_clean_rows_have_no_findings(rows):
    assert analysed(rows, TARGET)["findings"] == []


@pytest.mark.real_data
def test_leaks_in_the_published_rows(real_data, query):  # noqa: F811 - a fixture
    published = query(real_data / "tickit", "query.sql")
    rows = pd.DataFrame(published, columns=DATASET.schema.names[:6])
    rows = rows.assign(total_sold=rows[TARGET].astype(int))
    assert analysed(rows, TARGET)["findings"] == []
    assert leaks_in(leaky(rows, TARGET), TARGET) == sorted(LEAKS)
