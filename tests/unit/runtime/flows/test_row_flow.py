"""The functions of a single row equal the transforms of a batch, bit for bit."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.flows.registry import kinds
from pipeline_code.runtime.flows.row_flow import RowFlow
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.schema import FLOAT, STRING, Column, Schema
from pipeline_code.runtime.transforms.bin_numbers import BinNumbers
from pipeline_code.runtime.transforms.clip_outliers import ClipOutliers
from pipeline_code.runtime.transforms.drop_columns import DropColumns
from pipeline_code.runtime.transforms.fill_missing import FillMissing
from pipeline_code.runtime.transforms.format_number import FormatNumber
from pipeline_code.runtime.transforms.format_text import FormatText
from pipeline_code.runtime.transforms.hash_text import HashText
from pipeline_code.runtime.transforms.is_one_of import IsOneOf
from pipeline_code.runtime.transforms.join import Join
from pipeline_code.runtime.transforms.keep_columns import KeepColumns
from pipeline_code.runtime.transforms.normalize import Normalize
from pipeline_code.runtime.transforms.one_hot import OneHot
from pipeline_code.runtime.transforms.ordinal import Ordinal
from pipeline_code.runtime.transforms.parse_vector import ParseVector
from pipeline_code.runtime.transforms.python_function import PythonFunction, column_function
from pipeline_code.runtime.transforms.scale import Scale
from pipeline_code.runtime.transforms.sql import Sql
from pipeline_code.runtime.transforms.target_mean import TargetMean
from pipeline_code.runtime.transforms.text_length import TextLength
from pipeline_code.runtime.transforms.tf_idf import TfIdf
from pipeline_code.runtime.transforms.time_parts import _CYCLES, _PARTS, TimeParts
from tests.unit.runtime.flows.rows import SCHEMA, rows_of

VECTOR = Column("vector", STRING, nullable=True)
WITH_VECTOR = Schema((*SCHEMA.columns, VECTOR))
VENUES = pa.table({"venue": range(1, 30), "size": range(100, 129), "name": ["Hall"] * 29})


@column_function
def squared(price: pa.Array) -> pa.Array:
    """A function of the test's own module."""
    return pa.compute.multiply(price, price)


TRANSFORMS = [
    *(BinNumbers(["price", "seats"], 7, method) for method in ("quantile", "uniform")),
    *(ClipOutliers(["price", "seats"], method) for method in ("quantile", "iqr", "deviation")),
    DropColumns(["note", "price"]),
    FillMissing(["price", "seats", "day", "at"], "median"),
    FillMissing(["price", "seats"], "mean"),
    FillMissing(["seats", "open", "place", "day"], "most frequent"),
    FillMissing(["price"], "constant", 1.5),
    FillMissing(["place", "note"], "own category"),
    *(
        FormatNumber(["price", "seats"], operation, factor=1.1)
        for operation in ("round", "floor", "ceil", "absolute", "sign", "square")
    ),
    *(FormatNumber(["price"], operation) for operation in ("square_root", "log1p")),
    FormatNumber(["price"], digits=2),
    FormatText(["place", "note"], ["trim", "upper", "digits"]),
    HashText(["note"], 8),
    IsOneOf(["place"], ["Hall", "Club"], "known"),
    IsOneOf(["venue"], [3, 5], "known"),
    Join(["venue"], "venues", {"size": "int64", "name": "string"}),
    KeepColumns(["price", "venue"]),
    *(Normalize(["price", "seats"], norm) for norm in ("l2", "l1", "max")),
    OneHot(["place", "open", "venue"], most=20),
    OneHot(["place"], categories={"place": ["Hall", "Club"]}),
    Ordinal(["place", "venue"], most=3),
    ParseVector(["vector"], 2),
    PythonFunction(["price"], squared, {"square": "double"}),
    *(Scale(["price", "seats"], method) for method in ("standard", "min-max", "robust")),
    Sql(["price", "seats"], ["price / seats AS each", "seats + 1 AS more"]),
    TargetMean(["venue", "place", "open"], target="sold"),
    TextLength(["note", "place"]),
    TfIdf(["note"], 9),
    TimeParts(["day", "at"], list(_PARTS), list(_CYCLES)),
]


def with_vectors(rows: pa.Table) -> pa.Table:
    prices = rows["price"].to_pylist()
    vectors = [None if price is None else f"[{price}, 2]" for price in prices]
    return rows.append_column("vector", pa.array(vectors, pa.string()))


def exactly(row):
    """The values, each float with all its bits."""
    return {n: value.hex() if isinstance(value, float) else value for n, value in row.items()}


TRAINING, TEST = with_vectors(rows_of(1_000)), with_vectors(rows_of(60, seed=3, missing=0.2))


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda each: each.kind)
def test_a_row_is_transformed_as_in_a_batch(transform):
    flow = Flow(WITH_VECTOR, [transform], target="sold")
    (fitted,) = flow.fit_table(TRAINING, sources={"venues": VENUES}).transforms
    function = fitted.row_function(WITH_VECTOR.arrow())
    expected = fitted.apply(TEST.combine_chunks().to_batches()[0]).to_pylist()
    for row, columns in zip(TEST.to_pylist(), expected, strict=True):
        function(row)
        assert exactly({name: row[name] for name in columns}) == exactly(columns)


def test_each_kind_is_compared():
    assert {each.kind for each in TRANSFORMS} == set(kinds())


FLOW = Flow(
    SCHEMA,
    [
        FillMissing(["place"], "own category"),
        ClipOutliers(["price"]),
        Scale(["price", "seats"]),
        TextLength(["note"]),
        OneHot(["place"]),
        TimeParts(["day", "at"], ["day_since_1970"], ["hour"]),
        BinNumbers(["note.words"]),
        DropColumns(["note"]),
    ],
    target="sold",
)


def test_the_features_of_a_row_are_those_of_a_batch():
    fitted = FLOW.fit_table(rows_of(500))
    rows = rows_of(200, seed=4, missing=0.3)
    expected = fitted.matrix(rows)
    single = RowFlow(fitted.columns, fitted.transforms, fitted.features)
    for names in (rows.column_names, rows.column_names[::-1], fitted.columns):
        given = rows.select(list(names))
        found = [single.matrix(given.slice(number, 1)) for number in range(rows.num_rows)]
        assert np.vstack(found).tobytes() == expected.tobytes()
        assert fitted.matrix(given.slice(7, 1)).tobytes() == expected[7:8].tobytes()


def test_what_a_row_function_does_not_know_is_applied_to_a_batch():
    fitted = FLOW.fit_table(rows_of(500))
    row = rows_of(1, missing=0)
    single = RowFlow(fitted.columns, fitted.transforms, fitted.features)
    small = row.set_column(row.column_names.index("seats"), "seats", row["seats"].cast(pa.int32()))
    assert single.matrix(small) is None
    assert fitted.matrix(small).tobytes() == fitted.matrix(row).tobytes()
    late = pa.array([253_402_300_800_000_000], pa.timestamp("us"))
    after_9999 = row.set_column(row.column_names.index("at"), "at", late)
    assert single.matrix(after_9999) is None
    assert fitted.matrix(after_9999).shape == (1, len(fitted.features))
    with pytest.raises(DataError, match="the rows lack price, which the model was fitted on"):
        fitted.matrix(row.drop_columns(["price"]))
    text = Flow(Schema((Column("place", STRING), Column("price", FLOAT))), []).without_fit()
    with pytest.raises(SettingError, match="column 'place' is of type string"):
        text.matrix(pa.table({"place": ["Hall"], "price": [1.0]}))


def test_an_unknown_category_is_rejected_as_in_a_batch():
    schema = Schema((Column("place", STRING), Column("price", FLOAT)))
    for kind in (Ordinal, OneHot):
        one = kind(["place"], categories={"place": ["Hall", "Club"]}, unknown="error")
        flow = Flow(schema, [one]).without_fit()
        with pytest.raises(DataError, match="row 1, column place: 'Zoo' is not one of Hall, Club"):
            flow.matrix(pa.table({"place": ["Zoo"], "price": [1.0]}))


def test_times_before_1970_have_the_same_parts():
    times = [datetime(1901, 3, 1, 23, 59, 59, 999_999), datetime(1, 1, 1), datetime(9999, 12, 31)]
    transform = TimeParts(["at"], list(_PARTS), list(_CYCLES))
    schema = pa.schema([("at", pa.timestamp("us"))])
    expected = transform.apply(
        pa.RecordBatch.from_pylist([{"at": t} for t in times], schema=schema)
    )
    for time, columns in zip(times, expected.to_pylist(), strict=True):
        row = {"at": time}
        transform.row_function(schema)(row)
        assert exactly(row) == exactly(columns)


class Interrupted:
    """A row; another thread runs when its schema is compared with that of the last request."""

    def __init__(self, row, other_thread):
        self.row, self.other_thread = row, other_thread

    @property
    def schema(self):
        self.other_thread()
        return self.row.schema

    def column(self, place):
        return self.row.column(place)


def test_requests_of_two_threads_with_different_columns_keep_their_values():
    row = pa.table({"price": [1.0], "seats": [2.0]})
    other = pa.table({"seats": [3.0], "price": [4.0]})
    flow = RowFlow(("price", "seats"), [], ("price", "seats"))
    assert flow.matrix(row).tolist() == [[1.0, 2.0]]
    found = flow.matrix(Interrupted(row, lambda: flow.matrix(other)))
    assert found.tolist() == [[1.0, 2.0]]
