"""Rows on disk: read again in blocks, and sorted in bounded memory whatever their first order."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline_code.runtime import row_spool
from pipeline_code.runtime.row_spool import RowSpool


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(row_spool, "BLOCK_ROWS", 64)
    monkeypatch.setattr(row_spool, "SORTED_ROWS", 100)


def spool_of(folder, *parts):
    spool = RowSpool(folder / "rows", columns=3)
    for part in parts:
        spool.append(part)
    return spool


def all_rows(spool):
    return np.vstack(list(spool.blocks()))


def table(rows, *, seed=0):
    """Rows with negative numbers, equal rows and missing values."""
    generator = np.random.default_rng(seed)
    found = generator.integers(-3, 3, (rows, 3)).astype(np.float32) / 2
    found[generator.random(found.shape) < 0.1] = np.nan
    return found


def test_rows_are_read_as_often_as_wanted(tmp_path, small_blocks):
    rows = table(150)
    spool = spool_of(tmp_path, rows[:70], rows[:0], rows[70:])
    assert spool.rows == 150
    for _ in range(2):
        np.testing.assert_array_equal(all_rows(spool), rows)
    assert [len(block) for block in spool.blocks()] == [64, 64, 22]


@pytest.mark.parametrize("rows", [0, 1, 100, 101, 1000])
def test_sorted_rows_are_those_of_a_sort_in_memory(tmp_path, small_blocks, rows):
    given = table(rows)
    found = all_rows(spool_of(tmp_path, given).sorted())
    # numpy sorts missing values last, and the last column first.
    np.testing.assert_array_equal(found, given[np.lexsort(given.T)])


def test_the_order_does_not_depend_on_that_of_the_parts(tmp_path, small_blocks):
    given = table(500)
    (tmp_path / "other").mkdir()
    one = spool_of(tmp_path, given[:300], given[300:]).sorted()
    other = spool_of(tmp_path / "other", given[::-1]).sorted()
    np.testing.assert_array_equal(all_rows(one), all_rows(other))


def test_a_sort_leaves_one_file(tmp_path, small_blocks):
    sorted_spool = spool_of(tmp_path, table(500)).sorted()
    assert [path.stat().st_size for path in tmp_path.iterdir()] == [500 * 3 * 4]
    assert sorted_spool.rows == 500


def test_zeros_of_both_signs_are_equal(tmp_path):
    rows = np.array([[1, 0, 0.0], [0, 0, -0.0]], np.float32)
    assert all_rows(spool_of(tmp_path, rows).sorted())[:, 0].tolist() == [0, 1]
