"""The encoder: the encoding of each column, and the same encoding after saving and loading."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.census.encoder import ENCODER, Encoder, Feature
from pipeline_code.census.features import SCHEMA, TARGET
from pipeline_code.census.sample_data.people import people
from pipeline_code.runtime.job_errors import DataError

SMALL = Encoder(
    (
        Feature("age", "number"),
        Feature("size", "rank", ("small", "large")),
        Feature("colour", "one-hot", ("red", "green", "blue")),
    )
)
ROWS = pa.table(
    {"colour": ["blue", "red"], "age": [30, 40], "size": ["large", "small"], "other": ["a", "b"]}
)


def test_each_kind_of_column():
    assert SMALL.names == ["age", "size", "colour=red", "colour=green", "colour=blue"]
    assert SMALL.encode(ROWS).tolist() == [[30, 1, 0, 0, 1], [40, 0, 1, 0, 0]]
    assert SMALL.encode(ROWS.slice(0, 0)).shape == (0, 5)


def test_a_value_that_is_not_declared_is_refused_with_its_row():
    rows = ROWS.set_column(0, "colour", pa.array(["blue", "pink"]))
    with pytest.raises(DataError, match="row 2, column colour: 'pink' is not one of red, green"):
        SMALL.encode(rows)


def test_what_was_saved_is_the_same_encoder():
    assert Encoder.from_json(ENCODER.to_json()) == ENCODER
    rows = people(100, seed=0)
    again = Encoder.from_json(ENCODER.to_json())
    assert np.array_equal(again.encode(rows), ENCODER.encode(rows))


def test_neither_the_target_nor_what_says_nothing_of_a_person_is_a_feature():
    assert set(SCHEMA.names) - set(ENCODER.columns) == {TARGET, "fnlwgt", "education.num"}


def test_the_rank_of_education_is_its_published_number():
    rows = people(500, seed=0)
    column = ENCODER.names.index("education")
    assert np.array_equal(ENCODER.encode(rows)[:, column] + 1, rows["education.num"].to_numpy())


def test_every_category_has_one_column():
    assert len(ENCODER.names) == len(set(ENCODER.names)) == 91
    kinds = ENCODER.encode(people(50, seed=0))[:, 5:].sum(axis=1)
    assert set(kinds.tolist()) == {7.0}
