"""Files are read in batches: CSV in its usual forms, Parquet, and errors that name the file."""

from __future__ import annotations

import gzip
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime.data_analysis import table_files
from pipeline_code.runtime.data_analysis.table_files import TableFiles
from pipeline_code.runtime.job_errors import DataError

HEADER = "id,price,day,at,name\n"
ROWS = [
    '1,0.5,2008-01-01,2008-01-01 12:00:00,"a, b"\n',
    "2,NA,2008-01-02,2008-01-01 13:30:00,\n",
]
READ = {
    "id": [1, 2],
    "price": [0.5, None],
    "day": [date(2008, 1, 1), date(2008, 1, 2)],
    "at": [datetime(2008, 1, 1, 12), datetime(2008, 1, 1, 13, 30)],
    "name": ["a, b", None],
}


def read(path):
    return pa.concat_tables(TableFiles(path).batches()).to_pydict()


def test_a_csv_file_has_the_narrowest_types(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("".join([HEADER, *ROWS]))
    assert read(path) == READ


def test_a_zipped_csv_file(tmp_path):
    path = tmp_path / "0000_part_00"
    path.write_bytes(gzip.compress("".join([HEADER, *ROWS]).encode()))
    assert read(path) == READ


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_and_line_ends(tmp_path, delimiter):
    path = tmp_path / "rows.csv"
    path.write_bytes(f"\ufeffa{delimiter}b\r\n1{delimiter}x\r\n".encode())
    assert read(path) == {"a": [1], "b": ["x"]}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a\n01\n1\n", {"a": ["01", "1"]}),
        ("a\n00.5\n0.5\n", {"a": ["00.5", "0.5"]}),
        ("a\n1234567890123456789\n1\n", {"a": ["1234567890123456789", "1"]}),
        ("a\n12345678901234567890\n1.5\n", {"a": ["12345678901234567890", "1.5"]}),
        ("a\n-123456789012345678\n0\n", {"a": [-123456789012345678, 0]}),
        ("a\n0.5\n-1e3\n", {"a": [0.5, -1000.0]}),
        (
            "a\n2020-01-01 10:00:05+00\n2020-01-01T10:00:05Z\n2020-01-01 11:00:05+01:00\n",
            {"a": [datetime(2020, 1, 1, 10, 0, 5)] * 3},
        ),
    ],
)
def test_codes_are_texts_and_times_have_zones(tmp_path, content, expected):
    path = tmp_path / "rows.csv"
    path.write_text(content)
    assert read(path) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (",y,a\n0,1,x\n", {"column_1": [0], "y": [1], "a": ["x"]}),
        ("nan,inf\n1,2\n", {"nan": [1], "inf": [2]}),
        (",0.5\n1,2\n", {"column_1": [None, 1], "column_2": [0.5, 2.0]}),
        ('"a\nb",c\n1,2\n', {"a\nb": [1], "c": [2]}),
        ('"a;b;c",d\n1,2\n', {"a;b;c": [1], "d": [2]}),
        ("\na,b\n1,2\n", {"a": [1], "b": [2]}),
    ],
)
def test_which_record_is_a_header(tmp_path, content, expected):
    path = tmp_path / "rows.csv"
    path.write_text(content)
    assert read(path) == expected


def test_a_file_without_a_header_has_numbered_columns(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text("1,0.5\n0,0.25\n")
    assert read(path) == {"column_1": [1, 0], "column_2": [0.5, 0.25]}


def test_the_type_of_a_column_fits_all_blocks_and_files(tmp_path, monkeypatch):
    monkeypatch.setattr(table_files, "MOST_BLOCK_BYTES", 64)
    lines = [f"{number},{number}\n" for number in range(100)]
    (tmp_path / "a.csv").write_text("".join(["code,value\n", *lines]))
    (tmp_path / "b.csv").write_text("code,value\nA1,0.5\n")
    found = read(tmp_path)
    assert found["code"][:2] == ["0", "1"] and found["code"][-1] == "A1"
    assert found["value"][:2] == [0.0, 1.0] and found["value"][-1] == 0.5


def test_parquet_files_of_a_folder(tmp_path):
    (tmp_path / "day").mkdir()
    for number, folder in enumerate([tmp_path, tmp_path / "day"]):
        pq.write_table(pa.table({"a": [number]}), folder / f"part{number}")
    assert read(tmp_path) == {"a": [1, 0]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no file with rows: allowed are CSV and Parquet"),
        (b"a,b\n1,2,3\n", r"rows.csv cannot be read \(.*Expected 2 columns, got 3"),
        (b"PAR1 broken", "rows.csv cannot be read"),
        (b"a\n\xff\xfe\n", "rows.csv cannot be read .*UTF-?8"),
        (gzip.compress(b"a\n1\n" * 9)[:-12], "rows.csv cannot be read"),
        (b"a,b,a\n1,2,3\n", "rows.csv: several columns are named a: rename them"),
    ],
    ids=["empty", "fields", "parquet", "encoding", "gzip", "names"],
)
def test_what_cannot_be_read_is_an_error_with_the_file(tmp_path, content, message):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read(path)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no file with rows"):
        read(tmp_path / "nothing.csv")
