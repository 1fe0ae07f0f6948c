"""A dataset returns the inputs, labels and order of its rows."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.schema import FLOAT, INTEGER, Column, Schema, choice

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


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("outside_training", {}),
        ("explanation", {}),
        ("probability", {"positive": True}),
        ("probabilities", {"classes": ("a", "b")}),
    ],
)
def test_a_target_with_the_name_of_another_member_of_an_answer_is_refused(name, more):
    schema = Schema((Column("age", INTEGER), Column(name, INTEGER)))
    with pytest.raises(SettingError, match=rf"{name} AS {name}_value"):
        Dataset(schema, target=name, **more)


def test_a_number_may_be_called_probability():
    schema = Schema((Column("age", INTEGER), Column("probability", FLOAT)))
    assert Dataset(schema, target="probability").targets == ("probability",)
