"""Records are written once: a second run writes nothing, online and offline."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.feature_ingestion import Counts, batches, ingest, require_accepted
from pipeline_code.runtime.feature_records import record_of
from pipeline_code.runtime.feature_store import FeatureStore
from pipeline_code.runtime.ingest_features import read_table, records
from pipeline_code.runtime.job_errors import DataError, JobError
from tests.unit.runtime.stored_features import VENUES, StoredFeatures


def row(venueid=1, changed="2008-01-01T00:00:00Z", seats=10, share=0.5, city="Bonn"):
    return {"venueid": venueid, "changed": changed, "seats": seats, "share": share, "city": city}


def ingested(client, *rows, workers=4):
    table = pa.Table.from_pylist(list(rows)).sort_by("venueid")
    waits, lines = [], []
    store = FeatureStore(client=client, group=VENUES, sleep=waits.append)
    done = ingest(store, batches(records(table, VENUES)), workers=workers, show=lines.append)
    return done, waits, lines


def test_a_second_run_writes_nothing():
    client = StoredFeatures()
    rows = [row(venueid=each, seats=each) for each in range(250)]
    first, _, lines = ingested(client, *rows)
    assert first.counts == Counts(read=250, written=250)
    assert lines[-1] == (
        "redline-basic-venues: read 250, written 250, unchanged 0, older 0, refused 0"
    )
    second, _, _ = ingested(client, *rows)
    assert second.counts == Counts(read=250, unchanged=250)
    assert len(client.written) == 250


def test_a_history_is_written_in_the_order_of_event_times_and_once():
    client = StoredFeatures()
    days = [row(changed=f"2008-01-0{day}T00:00:00Z", seats=day) for day in (3, 1, 2)]
    first, _, _ = ingested(client, *days)
    assert first.counts == Counts(read=3, written=3)
    assert [each["seats"] for each in client.written] == ["1", "2", "3"]
    second, _, _ = ingested(client, *days)
    assert second.counts == Counts(read=3, unchanged=1, older=2)
    assert len(client.written) == 3


def test_an_interrupted_history_is_continued():
    client = StoredFeatures()
    days = [row(changed=f"2008-01-0{day}T00:00:00Z", seats=day) for day in (1, 2, 3)]
    ingested(client, *days[:2])
    again, _, _ = ingested(client, *days)
    assert again.counts == Counts(read=3, written=1, unchanged=1, older=1)


def test_a_repeated_row_is_written_once():
    done, _, _ = ingested(StoredFeatures(), row(), row())
    assert done.counts == Counts(read=2, written=1, unchanged=1)


def test_a_corrected_row_with_a_later_event_time_is_written():
    client = StoredFeatures()
    ingested(client, row())
    done, _, _ = ingested(client, row(changed="2008-01-02T00:00:00Z", seats=11))
    assert done.counts == Counts(read=1, written=1)
    assert client.records["1"]["seats"] == "11"


def test_other_values_with_the_same_event_time_are_refused_and_the_others_written():
    client = StoredFeatures()
    ingested(client, row())
    done, _, _ = ingested(client, row(seats=11), row(venueid=2))
    assert done.counts == Counts(read=2, written=1, refused=1)
    with pytest.raises(DataError, match="1 records refused, all others are written") as error:
        require_accepted(done, VENUES)
    assert "venueid '1', changed 2008-01-01T00:00:00Z" in str(error.value)
    assert "give the changed row a later event time" in str(error.value)


def test_numbers_are_compared_as_numbers():
    client = StoredFeatures()
    ingested(client, row(share=Decimal("0.50")))
    done, _, _ = ingested(client, row(share=0.5))
    assert done.counts == Counts(read=1, unchanged=1)


def test_identifiers_that_were_throttled_are_read_again():
    client = StoredFeatures(throttled=3)
    done, waits, _ = ingested(client, *(row(venueid=each) for each in range(10)))
    assert done.counts == Counts(read=10, written=10)
    assert waits == [0.2, 0.4, 0.8]


def test_a_store_that_is_always_throttled_fails_with_a_remedy():
    with pytest.raises(JobError, match="could not be read in 8 attempts.*throttled"):
        ingested(StoredFeatures(throttled=99), *(row(venueid=each) for each in range(2**9)))


class Deleting(StoredFeatures):
    """A later deletion hides what is written."""

    def put_record(self, **request):
        self.written.append(request)


def test_a_record_that_is_not_online_after_it_was_written_fails():
    with pytest.raises(JobError, match="1 records were written, but are not online, such as '1'"):
        ingested(Deleting(), row())


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (date(2008, 1, 31), "2008-01-31T00:00:00Z"),
        (datetime(2008, 1, 31, 10, 30), "2008-01-31T10:30:00Z"),
        (datetime(2008, 1, 31, 10, 30, 0, 5, tzinfo=UTC), "2008-01-31T10:30:00.000005000Z"),
        ("2008-01-31T10:30:00.250Z", "2008-01-31T10:30:00.250Z"),
        ("2008-01-31 10:30:00", "2008-01-31T10:30:00Z"),
        ("2008-01-31 10:30:00+02", "2008-01-31T08:30:00Z"),
        ("2008-01-31", "2008-01-31T00:00:00Z"),
    ],
)
def test_an_event_time_has_the_form_of_the_service(given, text):
    assert record_of(VENUES, row(changed=given)).values["changed"] == text


def test_a_missing_value_is_absent():
    assert set(record_of(VENUES, row(city=None)).values) == {
        *("venueid", "changed", "seats", "share")
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"seats": 1.5}, "the feature seats is 1.5, of type float: a feature of the type Integral"),
        ({"seats": 2**63}, "must be a whole number of 64 bits"),
        ({"share": float("nan")}, "must be a finite number"),
        ({"changed": "31.1.2008"}, "changed is '31.1.2008': allowed are a date, a timestamp"),
        ({"changed": None}, "the row with venueid = 1 has no changed"),
        ({"city": "x" * 350 * 1024}, "the record has .* bytes, allowed are 358400"),
        ({"city": "x" * (350 * 1024 + 1)}, "city has 358401 bytes, allowed are 358400"),
    ],
)
def test_what_the_service_rejects_is_refused_with_row_feature_and_limit(changed, message):
    with pytest.raises(DataError, match=message):
        record_of(VENUES, row(**changed))


def test_an_identifier_has_at_most_two_kilobytes():
    with pytest.raises(DataError, match="identifier venueid has 2049 bytes, allowed are 2048"):
        record_of(
            type(VENUES)(**{**vars(VENUES), "features": {**VENUES.features, "venueid": "String"}}),
            row(venueid="x" * 2049),
        )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([{"City": ["Ulm"]}], "0.parquet has the columns city, City, whose names are the same"),
        ([{}, {"venueid": ["2"]}], "have columns of different types: .* venueid"),
    ],
)
def test_files_that_are_no_rows_of_one_table_are_refused(tmp_path, files, message):
    data = tmp_path / "processing" / "input" / "data"
    data.mkdir(parents=True)
    for number, columns in enumerate(files):
        table = pa.table({**{name: [value] for name, value in row().items()}, **columns})
        pq.write_table(table, data / f"{number}.parquet")
    with pytest.raises(DataError, match=message):
        read_table(Container(tmp_path), VENUES)
