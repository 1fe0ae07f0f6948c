"""The point-in-time join equals a slow, obviously correct implementation."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_cloud.athena.sql.query_engine import QueryEngine
from local_cloud.athena.sql.trino_query import parsed
from pipeline_code.point_in_time import GroupFeatures, Requests, point_in_time_query

START = datetime(2026, 1, 1)
REQUESTS = Requests(
    database="shop", table="requests", time="asked", columns=("n", "venue", "asked")
)
VENUES = GroupFeatures(
    database="shop",
    table="venues",
    identifier="venue_id",
    requested_by="venue",
    event_time="event_time",
    event_time_type="String",
    features=("seats",),
)
SALES = GroupFeatures(
    database="shop",
    table="sales",
    identifier="venue_id",
    requested_by="venue",
    event_time="event_time",
    event_time_type="Fractional",
    features=("seats",),
    prefix="sales_",
)
TIMES = st.integers(0, 5).map(lambda hours: START + timedelta(hours=hours))
IDS = st.sampled_from(["a", "b"])
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "venue_id": IDS,
            "event_time": TIMES,
            "seats": st.none() | st.integers(0, 9),
            "write_time": TIMES,
            "is_deleted": st.booleans(),
        }
    ),
    max_size=8,
    # A record is written once: its identifier, event time and write time are unique.
    unique_by=lambda record: (record["venue_id"], record["event_time"], record["write_time"]),
)
ASKED = st.lists(
    st.tuples(st.none() | st.sampled_from(["a", "b", "c"]), st.none() | TIMES), max_size=6
)


class Tables:
    """A catalogue in memory."""

    def __init__(self, **tables):
        self.tables = tables

    def rows(self, _database, name):
        return self.tables[name]


def requested(asked):
    return pa.table(
        {
            "n": pa.array(range(len(asked)), pa.int64()),
            "venue": pa.array([venue for venue, _ in asked], pa.string()),
            "asked": pa.array([time for _, time in asked], pa.timestamp("us")),
        }
    )


def stored(records, group):
    seconds = group.event_time_type == "Fractional"
    times = [record["event_time"] for record in records]
    epoch = datetime(1970, 1, 1)
    column = (
        pa.array([(time - epoch).total_seconds() for time in times], pa.float64())
        if seconds
        else pa.array(
            [f"{time + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00" for time in times], pa.string()
        )
    )
    written = pa.array([record["write_time"] for record in records], pa.timestamp("us"))
    return pa.table(
        {
            "venue_id": pa.array([record["venue_id"] for record in records], pa.string()),
            "event_time": column,
            "seats": pa.array([record["seats"] for record in records], pa.int64()),
            "write_time": written,
            "api_invocation_time": written,
            "is_deleted": pa.array([record["is_deleted"] for record in records], pa.bool_()),
        }
    )


def joined(asked, venues, sales, *, only_written):
    sql = point_in_time_query(REQUESTS, [VENUES, SALES], only_written=only_written)
    tables = Tables(
        requests=requested(asked), venues=stored(venues, VENUES), sales=stored(sales, SALES)
    )
    found = QueryEngine().run(parsed(sql), "shop", tables).values()
    return sorted(found)


def known(records, venue, time, *, only_written):
    """Return the value of a request, by a search through all records."""
    best = None
    for record in records:
        if venue is None or time is None or record["venue_id"] != venue:
            continue
        if record["event_time"] > time or (only_written and record["write_time"] > time):
            continue
        age = (record["event_time"], record["write_time"])
        if best is None or age > (best["event_time"], best["write_time"]):
            best = record
    return None if best is None or best["is_deleted"] else best["seats"]


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=ASKED, venues=RECORDS, sales=RECORDS, only_written=st.booleans())
def test_it_equals_a_search_through_all_records(asked, venues, sales, only_written):
    expected = [
        (
            number,
            venue,
            time,
            known(venues, venue, time, only_written=only_written),
            known(sales, venue, time, only_written=only_written),
        )
        for number, (venue, time) in enumerate(asked)
    ]
    assert joined(asked, venues, sales, only_written=only_written) == expected


def record(hour, seats, written, *, deleted=False):
    return {
        "venue_id": "a",
        "event_time": START + timedelta(hours=hour),
        "seats": seats,
        "write_time": START + timedelta(hours=written),
        "is_deleted": deleted,
    }


@pytest.mark.parametrize(
    ("records", "seats", "seats_only_written"),
    [
        ([record(1, 10, 1), record(2, 20, 2)], 20, 20),
        ([record(4, 10, 4)], None, None),  # it happens after the request
        ([record(1, 10, 1), record(2, 20, 9)], 20, 10),  # a late event
        ([record(1, 10, 1), record(1, 20, 9)], 20, 10),  # a correction
        ([record(1, 10, 1), record(1, 10, 2)], 10, 10),  # a repeated event
        ([record(1, 10, 1), record(2, None, 2, deleted=True)], None, None),
        ([record(1, 10, 1), record(2, None, 9, deleted=True)], None, 10),
    ],
)
def test_late_corrected_repeated_and_deleted_records(records, seats, seats_only_written):
    asked = [("a", START + timedelta(hours=3))]
    assert joined(asked, records, [], only_written=False)[0][3] == seats
    assert joined(asked, records, [], only_written=True)[0][3] == seats_only_written


def test_requests_with_the_same_identifier_and_time_remain_separate_rows():
    asked = [("a", START + timedelta(hours=3))] * 3
    found = joined(asked, [record(1, 10, 1)], [], only_written=False)
    assert [(row[0], row[3]) for row in found] == [(0, 10), (1, 10), (2, 10)]


def test_names_are_checked():
    injected = GroupFeatures(**{**vars(VENUES), "features": ('seats" FROM x --',)})
    with pytest.raises(ValueError, match="is not a valid name"):
        point_in_time_query(REQUESTS, [injected])
    with pytest.raises(ValueError, match="several columns 'seats': set prefix"):
        point_in_time_query(REQUESTS, [VENUES, GroupFeatures(**{**vars(SALES), "prefix": ""})])
