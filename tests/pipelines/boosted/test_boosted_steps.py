"""The steps process generated rows, and reject invalid rows."""

import pyarrow.parquet as pq
import pytest

from pipeline_code.boosted.contract import CONTRACT
from pipeline_code.boosted.sample_data.__main__ import generate
from tests.unit.data_contracts import profiled, rejections


def rows(job, side):
    """Return the rows of a side from all hosts, sorted."""
    found = [row for part in job.parts(side) for row in pq.read_table(part).to_pylist()]
    return sorted(found, key=lambda row: list(row.values()))


def test_every_row_is_on_one_side(preprocessed, lines):
    train, test = rows(preprocessed, "train"), rows(preprocessed, "test")
    assert len(train) + len(test) == len(lines) - 1
    assert 0.15 < len(test) / (len(lines) - 1) < 0.25


def test_hosts_do_not_change_the_sides(preprocess, preprocessed, lines):
    job, codes = preprocess(lines, hosts=3)
    assert codes == [0, 0, 0]
    for side in ("train", "test"):
        assert rows(job, side) == rows(preprocessed, side)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1.0,2.0,unknown", "column kind: 'unknown' is not one of plain, fine, rare"),
        ("much,2.0,plain", "column value: 'much' is not a number"),
        ("1.0,2.0", "2 fields, must be 3"),
    ],
)
def test_a_broken_row_fails_with_its_place(preprocess, lines, line, message):
    job, codes = preprocess([*lines[:5], line])
    assert codes == [1]
    assert job.message().startswith("rows-0.csv, line 6")
    assert message in job.message()


def test_no_rows_are_refused(preprocess, lines):
    job, codes = preprocess(lines[:1])
    assert codes == [1]
    assert job.message().startswith("the data has no rows in 1 files")


@pytest.fixture(scope="module")
def approved():
    """The profile of the data of the approved version."""
    return profiled(generate(0).to_pandas(), CONTRACT)


@pytest.mark.parametrize("seed", range(1, 6))
def test_generated_rows_meet_the_contract(seed, approved):
    assert rejections(generate(seed).to_pandas(), CONTRACT, None) == set()
    assert rejections(generate(seed).to_pandas(), CONTRACT, approved) == set()


def test_lost_rows_do_not_meet_the_contract(approved):
    assert rejections(generate(1).to_pandas()[:1_000], CONTRACT, approved) == {"rows_ratio"}


def test_seed_decides_the_generated_rows():
    assert generate(0).equals(generate(0))
    assert not generate(0).equals(generate(1))
