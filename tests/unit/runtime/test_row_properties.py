"""Rows of every format are read as written, and a row is always on the same side."""

import csv
import io
import json
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.json_lines import read_json_lines
from pipeline_code.runtime.parquet_data import read_parquet
from pipeline_code.runtime.schema import BOOLEAN, DATE, FLOAT, INTEGER, STRING, Column, Schema
from pipeline_code.runtime.split import split

SCHEMA = Schema(
    (
        Column("seats", INTEGER),
        Column("name", STRING),
        Column("price", FLOAT),
        Column("day", DATE),
        Column("sold", BOOLEAN),
    )
)
TEXTS = st.text(
    st.sampled_from(",\"\n\r\t ='\\|")
    | st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    max_size=12,
)
INTEGERS = st.integers(-(2**63) + 1, 2**63 - 1)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "seats": INTEGERS,
            "name": TEXTS,
            "price": st.floats(allow_nan=False, allow_infinity=False),
            "day": st.dates(),
            "sold": st.booleans(),
        }
    ).map(lambda row: {name: row[name] for name in SCHEMA.names}),
    max_size=8,
)
SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}


def table(rows):
    return pa.Table.from_pylist(rows, schema=SCHEMA.arrow())


@given(rows=ROWS, header=st.booleans())
def test_rows_survive_csv(rows, header):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    if header:
        writer.writerow(SCHEMA.names)
    writer.writerows([*row.values()] for row in rows)
    assert read_csv(text.getvalue().encode(), SCHEMA, source="file").to_pylist() == rows


@given(rows=ROWS)
def test_rows_survive_json_lines(rows):
    lines = "\n".join(json.dumps(row | {"day": row["day"].isoformat()}) for row in rows)
    assert read_json_lines(lines.encode(), SCHEMA, source="file").to_pylist() == rows


@given(rows=ROWS)
def test_rows_survive_parquet(rows):
    content = io.BytesIO()
    pq.write_table(table(rows), content)
    assert read_parquet(content.getvalue(), SCHEMA, source="file").to_pylist() == rows


@given(rows=ROWS, seed=st.integers(0, 2**32), data=st.data())
def test_each_row_is_on_one_side_whatever_the_others_the_order_and_the_shards(rows, seed, data):
    sides = split(table(rows), SHARES, seed=seed)
    assert list(sides) == list(SHARES)
    assert Counter(map(str, rows)) == sum(
        (Counter(map(str, side.to_pylist())) for side in sides.values()), Counter()
    )
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    for first, last in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        shard = split(table(shuffled[first:last]), SHARES, seed=seed)
        for name, side in shard.items():
            assert all(row in sides[name].to_pylist() for row in side.to_pylist())
