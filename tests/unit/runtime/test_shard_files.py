"""Files of every format are read in batches, with the rows and messages of the whole file."""

import gzip
import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from pipeline_code.runtime import csv_blocks, json_lines, parquet_data
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import DATE, FLOAT, INTEGER, STRING, Column, Schema
from pipeline_code.runtime.shard_files import shard_files
from pipeline_code.runtime.shards import read_shards

SCHEMA = Schema(
    (
        Column("number", INTEGER),
        Column("price", FLOAT),
        Column("day", DATE),
        Column("note", STRING),
        Column("more", INTEGER, optional=True),
    )
)
NOTES = ["plain", 'a "quoted" text', "two\nlines", 'a,"\n"', "é" * 20]
ROWS = pa.table(
    {
        "number": range(500),
        "price": [number / 4 for number in range(500)],
        "day": [date(2008, 1, 1 + number % 31) for number in range(500)],
        "note": [NOTES[number % 5] for number in range(500)],
    },
    schema=SCHEMA.select(SCHEMA.required).arrow(),
)


def csv_of(rows: pa.Table) -> str:
    def quoted(note):
        return '"' + note.replace('"', '""') + '"'

    lines = (f"{r['number']},{r['price']},{r['day']},{quoted(r['note'])}" for r in rows.to_pylist())
    return "\n".join(lines) + "\n"


def json_of(rows: pa.Table) -> str:
    return "".join(json.dumps(row | {"day": str(row["day"])}) + "\n" for row in rows.to_pylist())


def write_parquet(path):
    pq.write_table(ROWS, path, row_group_size=150)


FORMS = {
    "csv": lambda path: path.write_text(csv_of(ROWS)),
    "csv with a header": lambda path: path.write_text("number,price,day,note\n" + csv_of(ROWS)),
    "csv.gz": lambda path: path.write_bytes(gzip.compress(csv_of(ROWS).encode())),
    "json lines": lambda path: path.write_text(json_of(ROWS)),
    "json lines.gz": lambda path: path.write_bytes(gzip.compress(json_of(ROWS).encode())),
    "json lines after a mark": lambda path: path.write_text("\ufeff" + json_of(ROWS)),
    "json lines after a blank line": lambda path: path.write_text("\n\n" + json_of(ROWS)),
    "orc": lambda path: orc.write_table(ROWS, path),
    "parquet": write_parquet,
}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 700)
    monkeypatch.setattr(json_lines, "BLOCK_BYTES", 700)
    monkeypatch.setattr(parquet_data, "ROWS_OF_BATCH", 100)


@pytest.mark.parametrize("form", FORMS)
def test_the_batches_are_the_rows_of_the_file(tmp_path, form):
    FORMS[form](tmp_path / "0000_part_00")
    (file,) = shard_files(tmp_path, SCHEMA)
    tables = list(file.tables())
    assert len(tables) > 4 or form == "orc"
    assert pa.concat_tables(tables).equals(ROWS)
    assert read_shards(tmp_path, SCHEMA).table.equals(ROWS)
    chosen = pa.concat_tables(file.tables(["day", "number"]))
    assert chosen.equals(ROWS.select(["number", "day"]))


@pytest.mark.parametrize("form", FORMS)
def test_a_file_without_rows_has_columns(tmp_path, form, monkeypatch):
    monkeypatch.setitem(globals(), "ROWS", ROWS.slice(0, 0))
    FORMS[form](tmp_path / "part")
    (file,) = shard_files(tmp_path, SCHEMA)
    (table,) = file.tables()
    assert (table.num_rows, table.column_names) == (0, SCHEMA.required)


@pytest.mark.parametrize(
    ("form", "content", "message"),
    [
        ("csv", csv_of(ROWS) + "x,1,2008-01-01,a\n", "part, line 701, column number: 'x' is not"),
        ("csv", csv_of(ROWS) + "1,1,2008-01-01\n", "part, line 701: 3 fields, must be 4"),
        ("csv", csv_of(ROWS) + "1,1,2008-01-01,\0\n", "part, line 701: a NUL byte"),
        ("json", json_of(ROWS) + "{}\n", "part, line 501: missing number, price, day, note"),
        (
            "json",
            json_of(ROWS) + json.dumps(ROWS.slice(0, 1).to_pylist()[0] | {"day": "soon"}),
            "part, line 501, column day: 'soon' is not a date",
        ),
    ],
)
def test_an_error_names_the_line_of_the_file(tmp_path, form, content, message):
    (tmp_path / "part").write_text(content)
    with pytest.raises(DataError, match=message):
        read_shards(tmp_path, SCHEMA)


@pytest.mark.parametrize("write", [pq.write_table, orc.write_table])
def test_an_error_names_the_row_of_the_file(tmp_path, write):
    rows = ROWS.set_column(1, "price", pa.array([*map(str, range(499)), "x"]))
    write(rows, tmp_path / "part")
    with pytest.raises(DataError, match="part, row 500, column price: 'x' is not a number"):
        read_shards(tmp_path, SCHEMA)


def test_a_damaged_orc_file_is_refused(tmp_path):
    orc.write_table(ROWS, tmp_path / "part")
    content = (tmp_path / "part").read_bytes()
    (tmp_path / "part").write_bytes(content[:40] + content[80:])
    with pytest.raises(DataError, match="part: not a whole ORC file"):
        read_shards(tmp_path, SCHEMA)


def test_a_text_that_begins_like_another_format_is_csv(tmp_path):
    schema = Schema((Column("note", STRING), Column("number", INTEGER)))
    for text in ("ORCHID", "{}", "PAR"):
        (tmp_path / "part").write_text(f"{text},1\n")
        assert read_shards(tmp_path, schema).table.to_pylist() == [{"note": text, "number": 1}]


def test_blocks_end_with_records_however_long(monkeypatch):
    content = csv_of(ROWS).encode()
    for size in (1, 7, 64, 10_000, 10**6):
        monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", size)
        assert read_csv(content, SCHEMA, source="file").equals(ROWS)
    monkeypatch.setattr(csv_blocks, "MOST_RECORD_BYTES", 100)
    with pytest.raises(DataError, match="a record of more than 100 bytes: is a quote not closed"):
        read_csv(b'1,2,2008-01-01,"' + b"a" * 300, SCHEMA, source="file")
