"""query_of_store.sql is the point-in-time join of the feature groups, and has no later features."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from local_cloud.athena.sql.query_engine import QueryEngine
from local_cloud.athena.sql.trino_query import parsed
from pipeline_code.compiler import DefinitionError, compiled
from pipeline_code.point_in_time import GroupFeatures, LatestRecords, point_in_time_query
from pipeline_code.tickit.features import DATASET

FILE = Path(__file__).parents[3] / "pipeline_code/tickit/query_of_store.sql"
SALES = LatestRecords(
    table="sales_by_day",
    identifier="id",
    event_time="known",
    time="day",
    columns=("venueid", "catid", "day", "holiday", "events", "tickets"),
)
VENUES = GroupFeatures(
    table="venues",
    identifier="venueid",
    requested_by="venueid",
    event_time="changed",
    event_time_type="String",
    features=("seats", "events", "tickets"),
    prefix="venue_",
)


def test_the_file_contains_the_point_in_time_join_of_the_groups():
    joined = point_in_time_query(SALES, [VENUES])
    assert joined in FILE.read_text(), f"the join must be:\n{joined}"


def test_it_fits_into_a_dataset_definition():
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AthenaDatasetDefinition.html"""
    text = FILE.read_text()
    assert len(text) <= 4096
    assert ";" not in text
    assert "--" not in text


class Tables:
    """The tables of two groups."""

    def __init__(self, **tables):
        self.tables = tables

    def rows(self, _database, name):
        return self.tables[name]


def stored(rows, **more):
    return pa.Table.from_pylist(
        [
            {
                **row,
                **more,
                "write_time": datetime(2009, 1, 1) + number * datetime.resolution,
                "api_invocation_time": datetime(2009, 1, 1),
                "is_deleted": False,
            }
            for number, row in enumerate(rows)
        ]
    )


def sold(day, tickets, known=None):
    return {
        "id": f"1-9-{day}",
        "known": known or f"{day}T00:00:00Z",
        "venueid": 1,
        "catid": 9,
        "day": day,
        "holiday": 0,
        "events": 2,
        "tickets": tickets,
    }


def venue(changed, seats, tickets):
    changed = f"{changed}T00:00:00Z"
    return {"venueid": 1, "changed": changed, "seats": seats, "events": 3, "tickets": tickets}


def test_a_day_has_the_last_correction_and_what_was_known_of_the_venue():
    tables = Tables(
        sales_by_day=stored(
            [
                sold("2008-02-10", 5),
                sold("2008-02-10", 7, known="2008-02-20T00:00:00Z"),
                sold("2008-03-01", 8),
                sold("2008-01-05", 9),
            ]
        ),
        venues=stored([venue("2008-02-01", None, 40), venue("2008-03-01", 100, 50)]),
    )
    found = QueryEngine().run(parsed(FILE.read_text()), "features", tables)
    names = found.names
    assert list(names) == DATASET.schema.names
    assert sorted(found.values()) == [
        (7, 1, 9, date(2008, 2, 10), False, 2, 0, 3, 40),
        (8, 1, 9, date(2008, 3, 1), False, 2, 100, 3, 50),
        (9, 1, 9, date(2008, 1, 5), False, 2, 0, 0, 0),
    ]


def test_unchanged_rows_of_the_store_cannot_be_skipped():
    with pytest.raises(DefinitionError, match="allowed with unchanged='skip' are dataset, unload"):
        compiled("tickit", options={"extraction": "feature_store", "unchanged": "skip"})
