"""The ranges of training rows: what is outside of them, and how they are stored and merged."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
import pytest

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    STRING,
    Column,
    Schema,
)
from pipeline_code.runtime.training_ranges import (
    FEW_ROWS,
    MOST_VALUES,
    Range,
    TrainingRanges,
    merged_ranges,
    ranges_of,
    read_ranges,
)

DATASET = Dataset(
    Schema(
        (
            Column("sold", FLOAT),
            Column("size", FLOAT),
            Column("venue", INTEGER),
            Column("kind", STRING),
            Column("open", BOOLEAN),
            Column("day", DATE),
        )
    ),
    "sold",
    codes=("venue",),
    ahead_days=30,
)
ROWS = [
    {"size": 1.5, "venue": 3, "kind": "plain", "open": True, "day": date(2008, 1, 1)},
    {"size": 9.5, "venue": 7, "kind": "rare", "open": False, "day": date(2008, 12, 31)},
]


def table(*rows):
    names = [name for name in DATASET.schema.names if name in rows[0]]
    schema = pa.schema([DATASET.schema.arrow().field(name) for name in names])
    return pa.Table.from_pylist(list(rows), schema=schema)


@pytest.fixture
def ranges():
    return ranges_of(table(*[{"sold": 1.0, **row} for row in ROWS]), DATASET)


def test_the_training_rows_themselves_are_inside(ranges):
    found = ranges.outside(table(*ROWS))
    assert (found.columns, found.count) == ([], 0)
    assert list(ranges.columns) == ["size", "venue", "kind", "open", "day"]


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ({"size": 1.4}, "column size: 1.4 is outside 1.5 to 9.5"),
        ({"size": 9.6}, "column size: 9.6 is outside 1.5 to 9.5"),
        # A code between two known ones is unknown.
        ({"venue": 5}, "column venue: 5 is outside 3, 7"),
        ({"venue": -3}, "column venue: -3 is outside 3, 7"),
        ({"kind": "fine"}, "column kind: fine is outside plain, rare"),
        ({"day": date(2007, 12, 31)}, "column day: 2007-12-31 is outside 2008-01-01 to 2009-01-30"),
        ({"day": date(9999, 12, 31)}, "column day: 9999-12-31 is outside 2008-01-01 to 2009-01-30"),
    ],
)
def test_a_value_outside_is_found_with_its_row_and_column(ranges, changed, first):
    rows = table(ROWS[0], {**ROWS[1], **changed})
    found = ranges.outside(rows)
    assert (found.columns, found.count) == (list(changed), 1)
    assert found.by_row(2) == [[], list(changed)]
    assert found.first(rows) == f"row 2, {first}"
    many = pa.concat_tables([rows] * FEW_ROWS)
    assert ranges.outside(many).count == FEW_ROWS
    assert ranges.outside(table(*ROWS * FEW_ROWS)).count == 0


def test_later_days_are_inside_as_long_as_the_model_may_be_used(ranges):
    assert ranges.outside(table({**ROWS[0], "day": date(2009, 1, 30)})).count == 0
    assert ranges.outside(table({**ROWS[0], "day": date(2009, 1, 31)})).count == 1


def test_rows_are_counted_once_and_the_first_row_is_described(ranges):
    wrong = {**ROWS[0], "size": -1.0, "kind": "none"}
    rows = table(ROWS[0], wrong, {**ROWS[0], "open": False, "venue": 4})
    found = ranges.outside(rows)
    assert (found.count, found.columns) == (2, ["size", "venue", "kind"])
    assert found.by_row(3) == [[], ["size", "kind"], ["venue"]]
    assert found.first(rows).startswith("row 2, column kind: none")


def test_a_flag_of_which_training_knows_one_value(ranges):
    only = ranges_of(table(ROWS[0]), DATASET)
    assert only.outside(table(*ROWS)).masks["open"].tolist() == [False, True]


def test_columns_that_the_rows_lack_or_have_in_addition_are_skipped(ranges):
    lacking = table({"size": 2.0})
    assert ranges.outside(lacking).count == 0
    assert TrainingRanges({"size": ranges.columns["size"]}).outside(table(*ROWS)).count == 0


def test_ranges_are_the_same_after_they_were_saved(ranges, tmp_path):
    ranges.save(tmp_path / "ranges.json")
    assert read_ranges(tmp_path / "ranges.json") == ranges


def test_the_ranges_of_parts_are_those_of_all_rows(ranges, tmp_path):
    for number, row in enumerate(ROWS):
        ranges_of(table(row), DATASET).save(tmp_path / f"ranges-{number}.json")
    empty = table(ROWS[0]).slice(0, 0)
    ranges_of(empty, DATASET).save(tmp_path / "ranges-9.json")
    assert merged_ranges(tmp_path.iterdir()) == ranges
    assert merged_ranges([]) == TrainingRanges({})


def test_a_column_without_values_in_one_part_has_the_range_of_the_others(ranges):
    nothing = table({**ROWS[0], "size": None, "kind": None, "day": None})
    for order in ([nothing, table(*ROWS)], [table(*ROWS), nothing]):
        first, second = (ranges_of(rows, DATASET) for rows in order)
        assert first.merged(second) == ranges
    # And a column without values in any part has none.
    found = ranges_of(nothing, DATASET).merged(ranges_of(nothing, DATASET))
    assert list(found.columns) == ["venue", "open"]


def test_all_names_are_in_the_range_of_a_column_of_names(tmp_path):
    rows = [{"kind": f"name {number}"} for number in range(MOST_VALUES + 1)]
    few, rest = table(*rows[1:]), table(rows[0])
    for found in (
        ranges_of(table(*rows), DATASET),
        ranges_of(few, DATASET).merged(ranges_of(rest, DATASET)),
        ranges_of(rest, DATASET).merged(ranges_of(table(*rows), DATASET)),
    ):
        assert found.columns["kind"].kind == "any"
        assert found.outside(table({"kind": "another"})).count == 0
        found.save(tmp_path / "ranges.json")
        assert read_ranges(tmp_path / "ranges.json") == found
    assert ranges_of(few, DATASET).outside(table({"kind": "another"})).count == 1


def test_the_last_day_of_the_calendar_has_no_days_after_it():
    found = ranges_of(table({"day": date(9999, 12, 31)}), DATASET)
    assert found.columns["day"].most == "9999-12-31"


def test_a_message_shows_some_of_many_values():
    assert str(Range("value", values=tuple(range(12)))).endswith("8, 9 and 2 more")


@pytest.mark.parametrize("text", ["", "[]", '{"a": {}}', '{"a": 1}', json.dumps({"a": None})])
def test_a_file_without_ranges_is_refused(tmp_path, text):
    (tmp_path / "training_ranges.json").write_text(text)
    with pytest.raises(DataError, match="training_ranges.json has no ranges of training rows"):
        read_ranges(tmp_path / "training_ranges.json")
