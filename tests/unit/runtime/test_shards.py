"""All formats of an input, and all kinds of invalid inputs."""

import gzip
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    Column,
    Schema,
    choice,
)
from pipeline_code.runtime.shards import read_shards, require_rows, write_part

SCHEMA = Schema(
    (
        Column("sold", INTEGER),
        Column("day", DATE),
        Column("holiday", BOOLEAN),
        Column("events", INTEGER, optional=True),
    )
)
ROWS = [
    {"sold": 3, "day": date(2008, 1, 1), "holiday": True, "events": 1},
    {"sold": 5, "day": date(2008, 1, 2), "holiday": False, "events": 2},
]
PLAIN = "3,2008-01-01,t,1\n5,2008-01-02,f,2\n"


def read(folder, content: bytes | str, schema: Schema = SCHEMA):
    content = content.encode() if isinstance(content, str) else content
    (folder / "0000_part_00").write_bytes(content)
    return read_shards(folder, schema).table


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.rstrip("\n"),
        "\n" + PLAIN.replace("\n", "\n\n"),
        '"3","2008-01-01","t","1"\n"5","2008-01-02","f","2"\n',
        "sold,day,holiday,events\n" + PLAIN,
        "SOLD,Day,holiday,events\n" + PLAIN,
        "events,holiday,sold,day\n1,t,3,2008-01-01\n2,f,5,2008-01-02\n",
        gzip.compress(PLAIN.encode(), mtime=0),
        gzip.compress(b"sold,day,holiday,events\n" + PLAIN.encode(), mtime=0),
        parquet(pa.Table.from_pylist(ROWS)),
        parquet(pa.Table.from_pylist(ROWS).select(["events", "holiday", "day", "sold"])),
        gzip.compress(parquet(pa.Table.from_pylist(ROWS)), mtime=0),
    ],
)
def test_every_form_gives_the_same_rows(tmp_path, content):
    assert read(tmp_path, content).to_pylist() == ROWS


@pytest.mark.parametrize(
    ("yes", "no"),
    [("t", "f"), ("true", "false"), ("1", "0"), ("TRUE", "FALSE"), ("True", "False"), ("Y", "N")],
)
def test_booleans_in_every_spelling(tmp_path, yes, no):
    lines = PLAIN.replace(",t,", f",{yes},").replace(",f,", f",{no},")
    assert read(tmp_path, lines).to_pylist() == ROWS

    spelled = pa.table({"holiday": [yes, no], "sold": [3, 5], "day": ["2008-01-01", "2008-01-02"]})
    table = read(tmp_path, parquet(spelled))
    assert table["holiday"].to_pylist() == [True, False]


def test_parquet_of_other_number_types_becomes_the_declared_ones(tmp_path):
    table = pa.table(
        {
            "sold": pa.array([3.0, 5.0]),
            "day": pa.array([0, 86_400], pa.timestamp("s")),
            "holiday": pa.array([1, 0], pa.int8()),
            "events": pa.array([Decimal(1), Decimal(2)]),
        }
    )
    read_table = read(tmp_path, parquet(table))
    assert read_table.schema == SCHEMA.arrow()
    assert read_table["day"].to_pylist() == [date(1970, 1, 1), date(1970, 1, 2)]


def test_optional_column_may_be_absent_everywhere(tmp_path):
    table = read(tmp_path, "3,2008-01-01,t\n")
    assert table.column_names == ["sold", "day", "holiday"]


def test_text_and_fractions(tmp_path):
    schema = Schema((Column("price", FLOAT), Column("name", STRING)))
    table = read(tmp_path, '1.5,"Smith, ""Jo""\nand sons"\n2,\n', schema)
    assert table.to_pylist() == [
        {"price": 1.5, "name": 'Smith, "Jo"\nand sons'},
        {"price": 2.0, "name": ""},
    ]


@pytest.mark.parametrize("header", [True, False])
def test_no_row_is_lost_over_many_files(tmp_path, header):
    first_line = "sold,day,holiday,events\n" if header else ""
    for part in range(4):
        (tmp_path / f"000{part}_part_00").write_text(f"{first_line}{part},2008-01-01,t,1\n")
    (tmp_path / "0004_part_00").write_bytes(b"")
    (tmp_path / "0005_part_00").write_text(first_line)
    shards = read_shards(tmp_path, SCHEMA)
    assert shards.table["sold"].to_pylist() == [0, 1, 2, 3]
    assert list(shards.rows_by_file.values()) == [1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x,2008-01-01,t,1\n", "0000_part_00, line 1, column sold: 'x' is not a whole number"),
        (PLAIN + "7,2008-13-01,t,1\n", "line 3, column day: '2008-13-01' is not a date"),
        (PLAIN + "7,2008-01-01,maybe,1\n", "line 3, column holiday: 'maybe' is not one of t, f"),
        (PLAIN + "7,2008-01-01,t,\n", "line 3, column events: '' is not a whole number"),
        ("sold,day,holiday\n1,2008-01-01,t\n,2008-01-01,t\n", "line 3, column sold: ''"),
        ("1.0,2008-01-01,t,1\n", "line 1, column sold: '1.0' is not a whole number"),
        ("99999999999999999999,2008-01-01,t,1\n", "line 1, column sold: '9999"),
        (PLAIN + "\n7,2008-01-01,t\n", "line 4: 3 fields, must be 4: sold, day, holiday, events"),
        ("7,2008-01-01\n", "line 1: 2 fields without a header"),
        ("7,2008-01-01,t,1,9\n", "line 1: 5 fields without a header"),
        ("day,holiday\n2008-01-01,t\n", "line 1: missing sold, not declared none"),
        ("sold,day,holiday,price\n1,2008-01-01,t,2\n", "line 1: missing none, not declared price"),
        ("sold,day,holiday,sold\n1,2008-01-01,t,2\n", "line 1: missing none"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:-9], "0000_part_00: not a whole gzip file"),
        (b"PAR1" + PLAIN.encode(), "0000_part_00: not a whole Parquet file"),
    ],
)
def test_refused_with_file_line_and_column(tmp_path, content, message):
    with pytest.raises(DataError) as refused:
        read(tmp_path, content)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("sold", [1, None], "0000_part_00, row 2, column sold: None is not a whole number"),
        ("sold", [1.0, 1.5], "row 2, column sold: 1.5 is not a whole number"),
        ("sold", ["1", "x"], "row 2, column sold: 'x' is not a whole number"),
        ("day", ["2008-01-01", "soon"], "row 2, column day: 'soon' is not a date"),
        ("holiday", ["t", "maybe"], "row 2, column holiday: 'maybe' is not one of t, f"),
        ("holiday", [0, 7], "row 2, column holiday: 7 is not one of t, f"),
        ("day", [True, False], "column day: of type bool, must be a date"),
    ],
)
def test_parquet_refused_with_file_row_and_column(tmp_path, column, values, message):
    good = {"sold": [1, 2], "day": ["2008-01-01", "2008-01-02"], "holiday": ["t", "f"]}
    with pytest.raises(DataError) as refused:
        read(tmp_path, parquet(pa.table(good | {column: values})))
    assert message in str(refused.value)


def test_text_that_is_not_utf8_is_refused_with_its_file(tmp_path):
    schema = Schema((Column("price", FLOAT), Column("name", STRING)))
    with pytest.raises(DataError, match="0000_part_00, line 1: the byte 0xe9 is not a char"):
        read(tmp_path, b"1.5,caf\xe9\n", schema)


def test_files_of_different_columns_are_refused(tmp_path):
    (tmp_path / "a").write_text("3,2008-01-01,t\n")
    (tmp_path / "b").write_text("3,2008-01-01,t,1\n")
    with pytest.raises(DataError, match="a has sold, day, holiday; b has .*events"):
        read_shards(tmp_path, SCHEMA)


def test_no_rows_are_refused_where_some_are_needed(tmp_path):
    (tmp_path / "0000_part_00").write_bytes(b"")
    with pytest.raises(DataError, match="the result has no rows in 1 files"):
        require_rows(read_shards(tmp_path, SCHEMA), what="the result")


def test_a_part_without_rows_is_still_a_part(tmp_path):
    write_part(read_shards(tmp_path, SCHEMA).table, tmp_path, host="algo-2")
    shards = read_shards(tmp_path, SCHEMA)
    assert shards.rows_by_file == {"part-algo-2.parquet": 0}


FLOWERS = Schema((Column("petals", INTEGER), Column("flower.kind", choice("rose", "tulip"))))


@pytest.mark.parametrize(
    "content",
    [
        "5,rose\n6,tulip\n",
        '"petals","flower.kind"\n5,"rose"\n6,"tulip"\n',
        parquet(pa.table({"petals": [5, 6], "flower.kind": ["rose", "tulip"]})),
    ],
)
def test_declared_values_and_names_with_dots_are_read(tmp_path, content):
    assert read(tmp_path, content, FLOWERS)["flower.kind"].to_pylist() == ["rose", "tulip"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("petals,flower.kind\n5,rose\n6,weed\n", "line 3"),
        (parquet(pa.table({"petals": [5, 6], "flower.kind": ["rose", "weed"]})), "row 2"),
    ],
)
def test_a_value_that_is_not_declared_is_refused(tmp_path, content, place):
    message = f"{place}, column flower.kind: 'weed' is not one of rose, tulip"
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, FLOWERS)


def test_a_decimal_is_the_number_that_csv_holds(tmp_path):
    schema = Schema((Column("rate", FLOAT),))
    texts = ["4.858", "-36.4", "93.2"]
    values = pa.array([Decimal(text) for text in texts], pa.decimal128(6, 3))
    pq.write_table(pa.table({"rate": values}), tmp_path / "part")
    assert read_shards(tmp_path, schema).table["rate"].to_pylist() == [4.858, -36.4, 93.2]
