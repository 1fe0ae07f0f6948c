"""Feature groups whose data catalogue or offline store fails, without a laptop cloud."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.endpoints.background_writer import BackgroundWriter
from local_cloud.sagemaker.exceptions import ResourceNotFound, ValidationFailed
from local_cloud.sagemaker.features import offline_store
from local_cloud.sagemaker.features.event_times import nanoseconds
from local_cloud.sagemaker.features.exceptions import InvalidRecord
from local_cloud.sagemaker.features.feature_group import FeatureGroup
from local_cloud.sagemaker.features.feature_group_store import FeatureGroupStore
from local_cloud.sagemaker.features.online_store import OnlineRecord

ADDED = [{"FeatureName": "city", "FeatureType": "String"}]


class Cloud:
    """A cloud whose catalogue rejects each change."""

    def client(self, _):
        return self

    def update_table(self, **_):
        raise ClientError({"Error": {"Code": "EntityNotFoundException"}}, "UpdateTable")


@pytest.fixture
def store():
    """The feature group `venues`, which has a Glue table."""
    found = FeatureGroupStore(Cloud(), "us-east-1")
    request = {
        "FeatureGroupName": "venues",
        "RecordIdentifierFeatureName": "venue",
        "EventTimeFeatureName": "seen",
        "RoleArn": "arn:aws:iam::123456789012:role/features",
        "OfflineStoreConfig": {
            "DisableGlueTableCreation": False,
            "DataCatalogConfig": {"Database": "shop", "TableName": "venues"},
            "S3StorageConfig": {"ResolvedOutputS3Uri": "s3://lake/venues"},
        },
    }
    definitions = [{"FeatureName": name, "FeatureType": "String"} for name in ("venue", "seen")]
    found.groups["venues"] = FeatureGroup("arn", request, [], definitions)
    return found


def test_a_feature_is_not_added_if_the_table_cannot_be_updated(store):
    with pytest.raises(ValidationFailed) as raised:
        store.update({"FeatureGroupName": "venues", "FeatureAdditions": ADDED})
    assert "The Glue table was not updated: " in raised.value.message
    assert list(store.find("venues").types) == ["venue", "seen"]


def test_a_group_accepts_no_records_while_its_rows_are_written(store, monkeypatch):
    """A record that was accepted after the last write would be lost."""
    group = store.find("venues")
    group.rows.append({"venue": "1", "seen": "2024-01-01T00:00:00Z"})
    written = []

    def write(_session, given, _hour, rows):
        with pytest.raises(ResourceNotFound):
            store.find(given.name)
        written.extend(rows)

    monkeypatch.setattr(offline_store, "_write", write)
    store.delete("venues")
    assert len(written) == 1


def test_an_event_time_whose_double_is_after_the_year_9999_is_rejected():
    last = "253402300799.9"
    assert nanoseconds(last, "Fractional") == 253402300799_900_000_000
    with pytest.raises(InvalidRecord, match="between the years"):
        nanoseconds(f"{last}999999", "Fractional")


def test_rows_wait_for_the_next_write_after_any_error(store, monkeypatch):
    group = store.find("venues")
    row = {"venue": "1", "seen": "2024-01-01T00:00:00Z"}
    group.rows.append(row)

    def write(*_):
        raise RuntimeError("unexpected")

    monkeypatch.setattr(offline_store, "_write", write)
    with pytest.raises(RuntimeError):
        store.offline.flush()
    assert group.rows == [row]


def test_the_writer_continues_after_an_unexpected_error(caplog):
    calls = []

    def fail():
        raise RuntimeError("unexpected")

    writer = BackgroundWriter([fail, lambda: calls.append(1)])
    writer.start()
    writer.close()
    assert calls == [1]
    assert "RuntimeError: unexpected" in caplog.text


def test_records_that_are_written_meanwhile_do_not_change_what_is_saved(store):
    group = store.find("venues")
    saved = group.__getstate__()
    group.online.records["1"] = OnlineRecord(1, {"venue": "1"})
    group.rows.append({"venue": "1"})
    assert saved["online"].records == {}
    assert saved["rows"] == []
