"""The rows of docs/faults.md."""

from __future__ import annotations

import ast

import pytest

from tests.faults import page

MODULE = '''"""Jobs that end badly."""
@pytest.mark.laptop
@pytest.mark.fault("a disk is full", sees="failed cleanly: " "so", retried="no", kept="all")
def test_one(): ...
def test_two(): ...
'''


def test_markers_become_rows():
    rows = list(page._rows(ast.parse(MODULE)))
    assert rows == [page.Row("a disk is full", "failed cleanly: so", "no", "all")]


def test_a_row_needs_a_valid_outcome():
    with pytest.raises(ValueError, match="survived"):
        page.row_of(["a disk is full"], {"sees": "something", "retried": "", "kept": ""})


def test_only_the_generated_part_is_replaced():
    text = f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n"
    new = page.written(text)
    assert new == f"before\n{page.BEGIN}\n{page.tables()}{page.END}\nafter\n"
    assert page.written(new) == new
