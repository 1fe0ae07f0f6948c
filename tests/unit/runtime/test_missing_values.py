"""Missing values and unusual spellings: the same in CSV and Parquet of UNLOAD and in requests.

UNLOAD writes NULL to CSV as an empty field, quotes a field with commas, quotes or line ends, and
writes booleans as t and f (https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.flows.fitted_flow import FittedFlow
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.monitored_inputs import InputsWriter, write_requests
from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    TIMESTAMP,
    Column,
    Schema,
)
from pipeline_code.runtime.serving import read_request
from pipeline_code.runtime.shards import read_shards
from pipeline_code.runtime.training_ranges import ranges_of
from pipeline_code.runtime.transforms.fill_missing import FillMissing

TYPES = {
    **{"sold": INTEGER, "seats": INTEGER, "price": FLOAT, "open": BOOLEAN, "day": DATE},
    **{"at": TIMESTAMP, "place": STRING},
}
SCHEMA = Schema(tuple(Column(n, kind, nullable=n != "sold") for n, kind in TYPES.items()))
DATASET = Dataset(SCHEMA, "sold")
TEXT = 'Nord, "old"\nHafen'
FULL = {
    **{"sold": 3, "seats": 5, "price": 4.858, "open": True, "day": date(2008, 1, 31)},
    **{"at": datetime(2008, 1, 31, 22, 30, 0, 250_000), "place": TEXT},
}
EMPTY = {**dict.fromkeys(FULL), "sold": 4}
UNLOADED_CSV = (
    'sold,seats,price,open,day,at,place\n3,5,4.858,t,2008-01-31,2008-01-31 22:30:00.25,"Nord, '
    '""old""\nHafen"\n4,,,,,,\n'
)
# DECIMAL, TIMESTAMP without a zone, and a text: as UNLOAD writes them, or a query that casts.
UNLOADED_PARQUET = pa.table(
    {
        "sold": [3, 4],
        "seats": ["5", None],
        "price": pa.array([Decimal("4.858"), None], pa.decimal128(8, 3)),
        "open": [True, None],
        "day": [date(2008, 1, 31), None],
        "at": pa.array([FULL["at"], None], pa.timestamp("us")),
        "place": [TEXT, None],
    }
)


def read(folder, content: str | pa.Table, schema: Schema = SCHEMA) -> list[dict]:
    path = folder / "0000_part_00"
    if isinstance(content, str):
        path.write_text(content)
    else:
        pq.write_table(content, path)
    return read_shards(folder, schema).table.to_pylist()


def test_csv_and_parquet_have_the_same_rows(tmp_path):
    assert read(tmp_path, UNLOADED_CSV) == read(tmp_path, UNLOADED_PARQUET) == [FULL, EMPTY]


def test_a_batch_without_header_and_a_request_have_the_same_rows(tmp_path):
    lines = UNLOADED_CSV.partition("\n")[2]
    batch = "\n".join(line.partition(",")[2] for line in (lines[: lines.index("4,,")], "4,,,,,,"))
    text = {**FULL, "day": "2008-01-31", "at": "2008-01-31T23:30:00.25+01:00"}
    objects = "\n".join(json.dumps(row) for row in (text, EMPTY))
    inputs = Schema(tuple(column for column in SCHEMA.columns if column.name != "sold"))
    without = [{n: v for n, v in row.items() if n != "sold"} for row in (FULL, EMPTY)]
    objects = "\n".join(
        json.dumps({n: v for n, v in json.loads(line).items() if n != "sold"})
        for line in objects.splitlines()
    )
    assert read_request(batch, "text/csv", inputs).to_pylist() == without
    assert read_request(objects, "application/jsonlines", inputs).to_pylist() == without


def test_an_empty_text_is_missing_in_every_format(tmp_path):
    schema = Schema((Column("n", INTEGER), Column("place", STRING, nullable=True)))
    missing = [{"n": 1, "place": None}]
    assert read(tmp_path, '1,""\n', schema) == missing
    assert read(tmp_path, pa.table({"n": [1], "place": [""]}), schema) == missing
    body = '{"n": 1, "place": ""}'
    assert read_request(body, "application/jsonlines", schema).to_pylist() == missing


def test_a_blank_line_is_a_row_of_a_single_column_only(tmp_path):
    single = Schema((Column("n", INTEGER, nullable=True),))
    assert read(tmp_path, "n\n1\n\n2\n", single) == [{"n": 1}, {"n": None}, {"n": 2}]
    assert len(read(tmp_path, "3,1,,,,,\n\n4,1,,,,,\n")) == 2


@pytest.mark.parametrize("name", [name for name in TYPES if name != "place"])
def test_a_missing_value_of_another_column_is_an_error(tmp_path, name):
    schema = Schema((Column("first", INTEGER), Column("second", TYPES[name])))
    table = pa.table({"first": [1], "second": pa.array([None], TYPES[name].arrow)})
    with pytest.raises(DataError, match="line 1, column second: '' is not"):
        read(tmp_path, "1,\n", schema)
    with pytest.raises(DataError, match="row 1, column second: None is not"):
        read(tmp_path, table, schema)
    with pytest.raises(DataError, match="line 1, column second: null is not"):
        read_request('{"first": 1, "second": null}', "application/jsonlines", schema)


@pytest.mark.parametrize("content", ["x,,,,,,\n", "4,x,,,,,\n", "4,,x,,,,\n", "4,,,x,,,\n"])
def test_an_invalid_value_is_not_a_missing_value(tmp_path, content):
    with pytest.raises(DataError, match="line 1, column .*'x' is not"):
        read(tmp_path, content)


def test_an_unknown_text_of_a_flag_is_not_a_missing_value(tmp_path):
    table = UNLOADED_PARQUET.set_column(3, "open", pa.array(["maybe", None]))
    with pytest.raises(DataError, match="row 1, column open: 'maybe' is not one of t, f"):
        read(tmp_path, table)


@pytest.mark.parametrize(
    "text",
    [
        *("2008-01-31 22:30:00", "2008-01-31T22:30:00Z", "2008-01-31 22:30:00+00"),
        *("2008-01-31 22:30", "2008-02-01 00:00:00+01:30", "2008-01-31 17:00:00-0530"),
    ],
)
def test_times_are_in_utc(tmp_path, text):
    schema = Schema((Column("n", INTEGER), Column("at", TIMESTAMP)))
    expected = [{"n": 1, "at": datetime(2008, 1, 31, 22, 30)}]
    assert read(tmp_path, f"1,{text}\n", schema) == expected
    assert read(tmp_path, pa.table({"n": [1], "at": [text]}), schema) == expected


def test_a_parquet_time_with_a_zone_is_converted_to_utc(tmp_path):
    schema = Schema((Column("n", INTEGER), Column("at", TIMESTAMP)))
    moment = datetime(2008, 1, 31, 22, 30)
    at = pa.array([moment], pa.timestamp("us")).cast(pa.timestamp("us", "Europe/Berlin"))
    assert read(tmp_path, pa.table({"n": [1], "at": at}), schema) == [{"n": 1, "at": moment}]


@pytest.mark.parametrize("text", ["2008-13-01 00:00", "2008-01-31 25:00", "20080131", "now", "5"])
def test_an_invalid_time_is_an_error(tmp_path, text):
    schema = Schema((Column("n", INTEGER), Column("at", TIMESTAMP, nullable=True)))
    with pytest.raises(DataError, match="line 1, column at: .* is not a time such as"):
        read(tmp_path, f"1,{text}\n", schema)


def test_the_target_cannot_be_nullable():
    schema = Schema((Column("sold", INTEGER, nullable=True), Column("seats", INTEGER)))
    with pytest.raises(SettingError, match="WHERE sold IS NOT NULL"):
        Dataset(schema, "sold")


ROWS = pa.table(
    {
        "sold": [1, 2, 3, 4],
        "seats": [1, None, 3, 8],
        "price": [0.5, 0.5, None, 2.0],
        "open": [True, None, True, False],
        "day": [date(1970, 1, 2), None, date(1970, 1, 4), date(1970, 1, 4)],
        "at": [datetime(1970, 1, 1, 12), None, None, None],
        "place": ["b", None, "a", "b"],
    },
    schema=SCHEMA.arrow(),
)
NOTHING = ROWS.slice(1, 1).set_column(2, "price", pa.array([None], pa.float64()))


@pytest.mark.parametrize(
    ("name", "method", "value", "filled"),
    [
        ("seats", "median", None, 3),
        ("seats", "constant", -1, -1),
        ("price", "most frequent", None, 0.5),
        ("price", "mean", None, 1.0),
        ("open", "most frequent", None, True),
        ("open", "constant", False, False),
        ("day", "median", None, date(1970, 1, 4)),
        ("at", "median", None, datetime(1970, 1, 1, 12)),
        ("at", "constant", datetime(1970, 1, 1, 6), datetime(1970, 1, 1, 6)),
        ("place", "most frequent", None, "b"),
        ("place", "constant", "a", "a"),
        ("place", "own category", None, ""),
    ],
)
def test_a_missing_value_is_filled_from_the_training_rows(name, method, value, filled):
    schema = Schema((Column(name, TYPES[name], nullable=True),))
    flow = Flow(schema, [FillMissing([name], method, value)])
    fitted = flow.fit_table(ROWS.select([name]))
    saved = FittedFlow.from_json(json.loads(json.dumps(fitted.to_json())))
    assert saved.apply(NOTHING.select([name]).to_batches()[0])[name].to_pylist() == [filled]


def test_a_column_without_values_stays_missing():
    empty = pa.table({"place": pa.array([None] * 4, pa.string())})
    flow = Flow(SCHEMA.select(["place"]), [FillMissing(["place"], "most frequent")])
    found = flow.fit_table(empty).apply(empty.to_batches()[0])
    assert found["place"].null_count == 4


@pytest.mark.parametrize(
    ("name", "method", "value", "message"),
    [
        ("place", "median", None, "type string: the median needs numbers, dates or times"),
        ("day", "mean", None, "the mean needs numbers"),
        ("seats", "own category", None, "a category needs text"),
        ("seats", "constant", "many", "value is 'many': column 'seats' is of type int64"),
        ("other", "median", None, "no column 'other': allowed are sold, seats"),
        ("seats", "median", 1, "value is 1 with the method 'median'"),
    ],
)
def test_a_method_that_the_column_does_not_allow_is_refused(name, method, value, message):
    with pytest.raises(SettingError, match=message):
        Flow(SCHEMA, [FillMissing([name], method, value)])


def test_a_missing_value_is_not_outside_the_training_rows():
    ranges = ranges_of(ROWS, DATASET)
    late = {"at": datetime(1971, 1, 1), "seats": 9, "place": "z"}
    rows = [*ROWS.to_pylist(), *({**EMPTY, **late} for _ in range(20)), EMPTY]
    outside = ranges.outside(pa.Table.from_pylist(rows, schema=SCHEMA.arrow()))
    assert sorted(outside.columns) == ["at", "place", "seats"]
    assert outside.count == 20
    assert ranges.outside(NOTHING).columns == []


def test_the_monitor_reads_missing_values_as_empty_fields(tmp_path):
    inputs = DATASET.inputs
    with InputsWriter(inputs, tmp_path, host="algo-1") as writer:
        writer.write(NOTHING)
    header = "seats,price,open,place"
    assert (tmp_path / "part-algo-1.csv").read_text().replace('"', "") == f"{header}\n,,,\n"
    request = dict.fromkeys(inputs.names, "")
    write_requests([request], inputs, tmp_path)
    assert (tmp_path / "rows.csv").read_text() == f"{header}\n,,,\n"
