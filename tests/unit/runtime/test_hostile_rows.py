"""Untrusted files are rejected with file, line or row, and column, or are read correctly."""

import datetime as dt
import gzip
import io
import json
import random
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime import csv_blocks, parquet_data, shards
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.json_lines import read_json_lines
from pipeline_code.runtime.parquet_data import read_parquet
from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    LONGEST_TEXT_BYTES,
    STRING,
    Column,
    Schema,
)
from pipeline_code.runtime.shards import read_shards, write_part

SCHEMA = Schema(
    (
        Column("seats", INTEGER),
        Column("price", FLOAT),
        Column("name", STRING),
        Column("day", DATE),
        Column("sold", BOOLEAN, optional=True),
    )
)
LINE = b"1,2.5,abc,2008-01-02\n"
HEADER = b"seats,price,name,day\n"
ROW = {"seats": 1, "price": 2.5, "name": "abc", "day": dt.date(2008, 1, 2)}
MEBIBYTE = b"a" * 2**20


def csv(content):
    return read_csv(content, SCHEMA, source="file").to_pylist()


def json_lines(content):
    return read_json_lines(content, SCHEMA, source="file").to_pylist()


def parquet(content):
    return read_parquet(content, SCHEMA, source="file").to_pylist()


def line_of(**changes):
    return json.dumps(ROW | {"day": "2008-01-02"} | changes).encode()


def file_of(columns, **options):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


def file_with(**columns):
    return file_of({name: [value] for name, value in ROW.items()} | columns)


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + HEADER + LINE, b"\xef\xbb\xbf" + LINE, LINE.replace(b"\n", b"\r\n")],
)
def test_a_byte_order_mark_and_line_ends_of_windows_mean_nothing(content):
    assert csv(content) == [ROW]


@pytest.mark.parametrize(
    "name", ["=1+1", '=cmd|"/c calc"!A1', "@SUM(A1)", "a\nb", "a\rb", "'; DROP--", ""]
)
def test_text_is_text_even_if_it_looks_like_a_value(name):
    quoted = name.replace('"', '""')
    assert csv(f'1,2.5,"{quoted}",2008-01-02\n'.encode()) == [ROW | {"name": name}]
    assert json_lines(line_of(name=name)) == [ROW | {"name": name}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ((HEADER + LINE).decode().encode("utf-16"), "line 1: a NUL byte: must be text in UTF-8"),
        (LINE.decode().encode("utf-16-le"), "line 1: a NUL byte"),
        (LINE.decode().encode("utf-32"), "line 1: a NUL byte"),
        (LINE + b"1,2.5,a\0b,2008-01-02\n", "line 2: a NUL byte"),
        (LINE + "1,2.5,café,2008-01-02\n".encode("latin-1"), "line 2: the byte 0xe9 is not a char"),
        (b"1,2.5," + MEBIBYTE + b",2008-01-02\n", "line 1: field larger than field limit"),
        (LINE + b"1,2.5," + MEBIBYTE + b",2008-01-02\n", "line 2: field larger than field limit"),
        (b"1,2.5," + b"a" * 65_536 + b",2008-01-02\n", "column name: 'aaa"),
        (LINE + b'1,2.5,"abc,2008-01-02\n' + LINE * 9, "line 11: 3 fields, must be 4"),
        (LINE + b'1,2.5,"abc,2008-01-02\n' + LINE * 9_999, "is a quote before it not closed?"),
        (b",".join([b"1"] * 100_000) + b"\n", "line 1: 100000 fields without a header"),
        (LINE + b",".join([b"1"] * 100_000) + b"\n", "line 2: 100000 fields, must be 4"),
        (
            b"seats," + b",".join(b"c%d" % each for each in range(100_000)) + b"\n" + LINE,
            "missing price, name, day, not declared c0, c1,",
        ),
        (b"1,nan,abc,2008-01-02\n", "line 1, column price: 'nan' is not a number"),
        (b"1,-inf,abc,2008-01-02\n", "column price: '-inf' is not a number"),
        (b"1,1e999,abc,2008-01-02\n", "column price: '1e999' is not a number"),
        (b"1,1_0,abc,2008-01-02\n", "column price: '1_0' is not a number"),
        (b"9" * 40 + b",1,abc,2008-01-02\n", "column seats: '9999"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_csv_that_cannot_be_meant_is_refused(content, message):
    with pytest.raises(DataError) as refused:
        csv(content)
    assert str(refused.value).startswith("file, ")
    assert message in str(refused.value)
    assert len(str(refused.value)) < 1024


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (line_of(price=float("nan")), "not JSON: NaN is not a JSON number"),
        (line_of(price=float("-inf")), "not JSON: -Infinity is not a JSON number"),
        (line_of().replace(b"2.5", b"1e999"), "column price: 'Infinity' is not a number"),
        (line_of().replace(b": 1,", b": " + b"9" * 100_000 + b","), "not JSON: Exceeds the limit"),
        (line_of().replace(b": 1,", b": " + b"9" * 4_000 + b","), "column seats: '999"),
        (b"[" * 200_000, "not JSON: maximum recursion depth"),
        (b'{"seats":' * 200_000, "not JSON: maximum recursion depth"),
        (line_of(name=[1, [2]]), "column name: a list is not text"),
        (line_of(name={"a": 1}), "column name: an object is not text"),
        (line_of(name=None), "column name: null is not text"),
        (line_of(seats=True), "column seats: 'true' is not a whole number"),
        (line_of(name="\ud800"), "column name: '\\ud800' is not text"),
        (line_of(name="a" * 2**20), "column name: 'aaa"),
        (line_of()[:-1] + b', "seats": 2}', "not JSON: 'seats' is given twice"),
        (json.dumps({f"c{each}": 1 for each in range(100_000)}).encode(), "missing seats"),
        (b"1", "b'1' is not an object"),
        (b"\xff", "not JSON"),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_json_that_cannot_be_meant_is_refused(line, message):
    with pytest.raises(DataError) as refused:
        json_lines(line_of(name="two\nlines") + b"\n" + line)
    assert str(refused.value).startswith("file, line 2")
    assert message in str(refused.value)
    assert len(str(refused.value)) < 1024


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"name": [[1]]}, "column name: of type list<element: int64>, must be text"),
        ({"seats": [{"a": 1}]}, "column seats: of type struct<a: int64>, must be a whole number"),
        ({"sold": [[True]]}, "column sold: of type list<element: bool>, must be one of t, f"),
        ({"sold": ["maybe"]}, "row 1, column sold: 'maybe' is not one of t, f"),
        ({"seats": [dt.datetime(2008, 1, 1)]}, "column seats: of type timestamp[us]"),
        ({"seats": pa.array([1], pa.duration("s"))}, "column seats: of type duration[s]"),
        ({"seats": [True]}, "column seats: of type bool"),
        ({"seats": pa.array([2**64 - 1], pa.uint64())}, "column seats: 18446744073709551615"),
        ({"day": pa.array([1], pa.int32())}, "column day: of type int32, must be a date"),
        ({"price": [float("nan")]}, "row 1, column price: nan is not a number"),
        ({"price": [float("inf")]}, "row 1, column price: inf is not a number"),
        ({"name": [b"\xff"]}, "row 1, column name: b'\\xff' is not text"),
        ({"name": ["a" * 65_536]}, "row 1, column name: 'aaa"),
        ({"name": [None]}, "row 1, column name: None is not text"),
        ({f"c{each}": [1] for each in range(2_000)}, "not declared c0, c1"),
    ],
)
def test_parquet_of_other_types_is_refused(columns, message):
    with pytest.raises(DataError) as refused:
        parquet(file_with(**columns))
    assert message in str(refused.value)
    assert len(str(refused.value)) < 1024


@pytest.mark.parametrize(
    "columns",
    [
        {"seats": [Decimal(1)]},
        {"seats": ["1"]},
        {"name": pa.array(["abc"]).dictionary_encode()},
        {"name": pa.array(["abc"], pa.large_string())},
        {"day": ["2008-01-02"]},
        {"day": [dt.datetime(2008, 1, 2)]},
    ],
)
def test_parquet_of_types_that_mean_the_same_is_read(columns):
    assert parquet(file_with(**columns)) == [ROW]


def test_the_first_wrong_row_of_many_is_found_soon():
    seats = [str(number) for number in range(200_000)] + ["x", "1", "y"]
    content = file_of(
        {name: [value] * len(seats) for name, value in ROW.items()} | {"seats": seats}
    )
    with pytest.raises(DataError, match="row 200001, column seats: 'x' is not a whole"):
        parquet(content)


def test_a_broken_file_of_parquet_never_raises_anything_else():
    rng = random.Random(0)
    rows = {name: [value] * 20 for name, value in ROW.items()} | {"name": list("abcdefghij") * 2}
    for compression in ("none", "snappy", "gzip"):
        whole = file_of(rows, compression=compression)
        for _ in range(200):
            broken = bytearray(whole)
            broken[rng.randrange(4, len(whole) - 4)] = rng.randrange(256)
            try:
                parquet(bytes(broken))
            except DataError as error:
                assert str(error).startswith("file")


def test_a_flipped_bit_in_a_written_part_is_detected(tmp_path):
    write_part(pa.table({name: [value] * 99 for name, value in ROW.items()}), tmp_path, host="a")
    (part,) = tmp_path.iterdir()
    content = bytearray(part.read_bytes())
    content[content.index(b"abc")] ^= 1
    part.write_bytes(content)
    with pytest.raises(
        DataError, match=r"part-a\.parquet: not a whole Parquet file: could not ver"
    ):
        read_shards(tmp_path, SCHEMA)


def test_rows_that_would_not_fit_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(parquet_data, "MOST_VALUES", 3999)
    content = file_of({name: [value] * 1000 for name, value in ROW.items()})
    with pytest.raises(DataError, match="1000 rows of 4 columns, at most 3999 values"):
        parquet(content)


def test_the_most_values_of_a_file_are_4_gib_of_numbers():
    assert parquet_data.MOST_VALUES * pa.float64().byte_width == 4 * 2**30


def test_a_gzip_that_would_not_fit_is_not_unzipped_whole(tmp_path, monkeypatch):
    (tmp_path / "0000").write_bytes(gzip.compress(LINE * 2))
    small = read_shards(tmp_path, SCHEMA).table.nbytes
    monkeypatch.setattr(shards, "MOST_BYTES", small)
    assert read_shards(tmp_path, SCHEMA).table.num_rows == 2
    (tmp_path / "0001").write_bytes(gzip.compress(LINE * 2_000_000))
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 1_000)
    with pytest.raises(DataError, match=f"0001: more than {small} bytes in memory with the files"):
        read_shards(tmp_path, SCHEMA)


def test_the_longest_text_is_read_in_every_form():
    text = "ä" * (LONGEST_TEXT_BYTES // 2)
    expected = [ROW | {"name": text}]
    assert csv(f"1,2.5,{text},2008-01-02\n".encode()) == expected
    assert json_lines(line_of(name=text)) == expected
    assert parquet(file_with(name=[text])) == expected
