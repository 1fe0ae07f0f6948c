"""A dataset returns the inputs, labels and order of its rows."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.schema import INTEGER, Column, Schema, choice

SCHEMA = Schema((Column("sold", INTEGER), Column("kind", choice("a", "b")), Column("day", INTEGER)))
ROWS = pa.table({"sold": [3, 1, 2], "kind": ["b", "a", "b"], "day": [7, 7, 5]})


def test_inputs_are_all_columns_but_the_target():
    assert Dataset(SCHEMA, "sold").inputs.names == ["kind", "day"]
    assert Dataset(SCHEMA, "day").inputs.names == ["sold", "kind"]


def test_labels_are_numbers_or_whether_the_class_is_the_positive_one():
    numbers = Dataset(SCHEMA, "sold").labels(ROWS)
    assert (numbers.dtype, numbers.tolist()) == (np.float64, [3.0, 1.0, 2.0])
    classes = Dataset(SCHEMA, "kind", positive="b").labels(ROWS)
    assert (classes.dtype, classes.tolist()) == (np.bool_, [True, False, True])


@pytest.mark.parametrize(
    ("order", "sold"),
    [((), [3, 1, 2]), (("day", "kind", "absent"), [2, 1, 3]), (("kind", "day"), [1, 2, 3])],
)
def test_rows_are_sorted_by_the_columns_of_the_order(order, sold):
    assert Dataset(SCHEMA, "sold", order=order).in_order(ROWS)["sold"].to_pylist() == sold
