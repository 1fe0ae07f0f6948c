"""A flow: the same for any parts of the rows, saved as JSON, and clear about what it rejects."""

import json
import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_code.runtime.flows.fitted_flow import FittedFlow, load_flow
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.flows.registry import class_of, kinds, read_transform
from pipeline_code.runtime.flows.stages import stages
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.schema import FLOAT, INTEGER, STRING, Column, Schema
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
from pipeline_code.runtime.transforms.time_parts import TimeParts
from tests.unit.runtime.flows.rows import SCHEMA, rows_of

ROWS = rows_of(1_000)
# Each transform that needs a fit, some of them after others.
FLOW = Flow(
    SCHEMA,
    [
        FillMissing(["seats", "day"], "median"),
        FillMissing(["open"], "most frequent"),
        FillMissing(["place", "note"], "own category"),
        ClipOutliers(["price"]),
        FillMissing(["price"], "mean"),
        Scale(["price"]),
        Scale(["seats"], "robust"),
        TargetMean(["venue"], target="sold"),
        OneHot(["place"]),
        TextLength(["note"]),
        BinNumbers(["note.characters"]),
        TfIdf(["note"], most=10),
        TimeParts(["day", "at"], ["day_of_week"], ["day_of_year"]),
    ],
    target="sold",
)


def parts_of(rows: pa.Table, cuts: list[int]):
    ends = [0, *sorted(cuts), rows.num_rows]
    tables = [rows.slice(a, b - a) for a, b in zip(ends[:-1], ends[1:], strict=True)]
    return [lambda table=table: table.to_batches(max_chunksize=200) for table in tables]


@settings(max_examples=5, deadline=None)
@given(
    cuts=st.lists(st.integers(0, ROWS.num_rows), max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_any_parts_in_any_order_give_the_same_flow(cuts, order):
    numbers = list(range(ROWS.num_rows))
    order.shuffle(numbers)
    shuffled = ROWS.take(pa.array(numbers)).combine_chunks()
    expected = FLOW.fit_table(ROWS)
    found = FLOW.fit(parts_of(shuffled, cuts))
    assert json.dumps(found.to_json()) == json.dumps(expected.to_json())
    np.testing.assert_array_equal(
        found.training_matrix(shuffled), expected.training_matrix(ROWS)[numbers]
    )


def test_a_saved_flow_gives_the_same_features(tmp_path):
    fitted = FLOW.fit_table(ROWS)
    fitted.save(tmp_path)
    loaded = load_flow(tmp_path)
    assert json.dumps(loaded.to_json()) == json.dumps(fitted.to_json())
    test = rows_of(100, seed=3).drop_columns(["sold"])
    np.testing.assert_array_equal(loaded.matrix(test), fitted.matrix(test))
    one_by_one = np.vstack([loaded.matrix(test.slice(n, 1)) for n in range(20)])
    np.testing.assert_array_equal(one_by_one, fitted.matrix(test)[:20])


def test_transforms_of_different_columns_share_a_pass():
    found = stages(FLOW.transforms, SCHEMA.arrow())
    assert [[type(each).__name__ for each in stage] for stage in found] == [
        ["FillMissing", "FillMissing", "FillMissing", "ClipOutliers"],
        ["FillMissing"],
        ["Scale", "Scale"],
        ["TargetMean", "OneHot", "TextLength"],
        ["BinNumbers", "TfIdf", "TimeParts"],
    ]


@pytest.mark.parametrize(
    "transform",
    [
        *(Scale(["price"], method) for method in ("standard", "min-max", "robust")),
        *(ClipOutliers(["price"], method) for method in ("quantile", "iqr", "deviation")),
        *(BinNumbers(["price"], method=method) for method in ("quantile", "uniform")),
    ],
)
def test_a_column_without_values_is_fitted_and_saved(transform, tmp_path):
    rows = pa.table({"price": pa.nulls(3, pa.float64())})
    flow = Flow(Schema((Column("price", FLOAT, nullable=True),)), [transform])
    flow.fit_table(rows).save(tmp_path)
    expected = 0 if isinstance(transform, BinNumbers) else 2.5
    np.testing.assert_array_equal(load_flow(tmp_path).matrix(rows), [[math.nan]] * 3)
    assert load_flow(tmp_path).matrix(pa.table({"price": [2.5]})).tolist() == [[expected]]


def test_numbers_that_json_lacks_are_rejected(tmp_path):
    rows = pa.table({"price": [-1.7e308, 1.7e308]})
    fitted = Flow(Schema((Column("price", FLOAT),)), [Scale(["price"], "min-max")]).fit_table(rows)
    with pytest.raises(DataError, match="fitted on numbers that are too large: .*scale them in"):
        fitted.save(tmp_path)


@column_function
def price_of_seat(price: pa.Array, seats: pa.Array) -> pa.Array:
    """A function of the test's own module."""
    return pa.compute.divide(price, seats.cast(pa.float64()))


@column_function
def root(price: pa.Array) -> pa.Array:
    """NaN for a negative price."""
    return pa.compute.sqrt(price)


def test_nan_of_a_python_function_is_a_missing_value():
    schema = Schema((Column("price", FLOAT),))
    rows = pa.table({"price": [4.0, -1.0]})
    added = PythonFunction(["price"], root, {"root": "double"})
    fitted = Flow(schema, [added, FillMissing(["root"], "mean")]).fit_table(rows)
    assert fitted.matrix(rows)[:, 1].tolist() == [2, 2]


def test_a_python_function_adds_columns(monkeypatch):
    schema = Schema((Column("price", FLOAT), Column("seats", INTEGER)))
    transform = PythonFunction(["price", "seats"], price_of_seat, {"each": "double"})
    rows = pa.table({"price": [10.0], "seats": [4]})
    assert Flow(schema, [transform]).without_fit().matrix(rows).tolist() == [[10, 4, 2.5]]
    with pytest.raises(SettingError, match="must be a function with the decorator column_func"):
        PythonFunction(["price"], len, {"each": "double"})
    # A saved flow is untrusted, so it can name only functions of pipelines with the decorator.
    for name in ("os:system", "pipeline_code.runtime.job:main", "pipeline_code.runtime.job:none"):
        with pytest.raises(DataError, match="python_function|not a module|no function"):
            read_transform({"kind": "python_function", "columns": ["price"], "function": name})


def test_sql_adds_columns_and_has_no_access_to_files(tmp_path):
    schema = Schema((Column("price", FLOAT), Column("seats", INTEGER)))
    rows = pa.table({"price": [10.0, 3.0], "seats": [4, 2]})
    flow = Flow(schema, [Sql(["price", "seats"], ["price / seats AS each"])]).without_fit()
    assert flow.matrix(rows)[:, 2].tolist() == [2.5, 1.5]
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for text, error in {
        f"(SELECT max(a) FROM '{secret}') AS stolen": "disabled|Permission",
        "nothing AS each": "nothing",
    }.items():
        with pytest.raises(DataError, match=error):
            Flow(schema, [Sql(["price"], [text])])
    with pytest.raises(SettingError, match="rows became 1: an expression must have one value"):
        Flow(schema, [Sql(["price"], ["sum(price) AS total"])])


def test_sql_without_duckdb_says_how_to_add_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(SettingError, match="the image has no duckdb: add it to requirements.txt"):
        Flow(Schema((Column("price", FLOAT),)), [Sql(["price"], ["price AS each"])])


def test_a_join_adds_columns_of_another_source():
    schema = Schema((Column("sold", FLOAT), Column("venue", INTEGER)))
    flow = Flow(schema, [Join(["venue"], "venues", {"seats": "int64"})], target="sold")
    rows = pa.table({"sold": [1.0, 2.0], "venue": [7, 8]})
    venues = pa.table({"venue": [7], "seats": [500]})
    fitted = FittedFlow.from_json(flow.fit_table(rows, sources={"venues": venues}).to_json())
    np.testing.assert_array_equal(fitted.matrix(rows), [[7, 500], [8, np.nan]])
    with pytest.raises(SettingError, match="no source 'venues': the given sources: none"):
        flow.fit_table(rows)
    repeated = pa.table({"venue": [7, 7], "seats": [1, 2]})
    with pytest.raises(DataError, match="missing or repeated values of venue"):
        flow.fit_table(rows, sources={"venues": repeated})


def test_an_optional_column_may_be_absent():
    schema = Schema((Column("price", FLOAT), Column("seats", INTEGER, optional=True)))
    flow = Flow(schema, [Scale(["price", "seats"]), FormatNumber(["seats"], "absolute")])
    fitted = flow.fit_table(pa.table({"price": [1.0, 3.0]}))
    assert fitted.features == ("price",)
    # A request may have the column; the model ignores it.
    assert fitted.matrix(pa.table({"price": [1.0], "seats": [5]})).tolist() == [[-1]]
    with pytest.raises(DataError, match="the rows lack price, which the model was fitted on"):
        fitted.matrix(pa.table({"seats": [5]}))
    with pytest.raises(SettingError, match="the rows have no seats, which it needs"):
        Flow(schema, [Normalize(["price", "seats"])]).fit_table(pa.table({"price": [1.0]}))


def test_a_text_is_not_a_feature():
    schema = Schema((Column("price", FLOAT), Column("place", STRING)))
    rows = pa.table({"price": [1.0], "place": ["Hall"]})
    fitted = Flow(schema, []).fit_table(rows)
    with pytest.raises(SettingError, match="column 'place' is of type string after all transforms"):
        fitted.matrix(rows)


def test_the_target_is_not_transformed():
    with pytest.raises(SettingError, match="Scale: sold is the target, which a request does not"):
        Flow(SCHEMA, [Scale(["sold"])], target="sold")


def test_rows_are_needed():
    with pytest.raises(DataError, match="no training rows in 1 parts"):
        FLOW.fit_table(ROWS.slice(0, 0))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "not a saved flow"),
        ({"columns": [], "features": [], "target": None, "transforms": [1]}, "1 is not a transf"),
        (
            {"columns": [], "features": [], "target": None, "transforms": [{"kind": "os.path"}]},
            "no transform 'os.path': allowed are bin_numbers, clip_outliers",
        ),
        (
            {"columns": [], "features": [], "target": None, "transforms": [{"kind": "scale"}]},
            "scale: not a saved transform: .*columns",
        ),
    ],
)
def test_another_document_is_not_a_flow(document, message):
    with pytest.raises(DataError, match=message):
        FittedFlow.from_json(document)


def test_a_missing_or_broken_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no flow in flow.json: .*; train again"):
        load_flow(tmp_path)
    (tmp_path / "flow.json").write_text("{")
    with pytest.raises(DataError, match=r"no flow in flow.json"):
        load_flow(tmp_path)


EXAMPLES = {
    "bin_numbers": BinNumbers(["price"], 3, "uniform"),
    "clip_outliers": ClipOutliers(["price"], "iqr", factor=2.0),
    "drop_columns": DropColumns(["price"]),
    "fill_missing": FillMissing(["price"], "constant", 1.5),
    "format_number": FormatNumber(["price"], digits=2),
    "format_text": FormatText(["place"], ["lower"]),
    "hash_text": HashText(["note"], 8),
    "is_one_of": IsOneOf(["place"], ["Hall"], "hall"),
    "join": Join(["venue"], "venues", {"size": "int64"}),
    "keep_columns": KeepColumns(["price"]),
    "normalize": Normalize(["price", "seats"]),
    "one_hot": OneHot(["place"], categories={"place": ["Hall"]}),
    "ordinal": Ordinal(["place"]),
    "parse_vector": ParseVector(["note"], 2),
    "python_function": None,
    "scale": Scale(["price"], "min-max"),
    "sql": Sql(["price"], ["price AS p"]),
    "target_mean": TargetMean(["venue"], target="sold", smooth=3.0),
    "text_length": TextLength(["note"]),
    "tf_idf": TfIdf(["note"], 5),
    "time_parts": TimeParts(["day"], ["year"]),
}


def test_every_kind_is_read_from_json():
    assert kinds() == sorted(EXAMPLES)
    for kind, transform in EXAMPLES.items():
        if transform is not None:
            assert read_transform(json.loads(json.dumps(transform.to_json()))) == transform
            assert class_of(kind) is type(transform)
