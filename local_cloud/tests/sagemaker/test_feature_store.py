"""Feature Store: groups, online records, offline files, permissions.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_PutRecord.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_DeleteRecord.html
https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html
"""

from __future__ import annotations

import io
import re
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.sagemaker.conftest import wait_until

FEATURES = {"venue": "String", "seen": "String", "seats": "Integral", "share": "Fractional"}
DAYS = [f"2024-01-0{day}T10:30:00Z" for day in range(1, 10)]


@pytest.fixture
def records(cloud):
    return cloud.client("sagemaker-featurestore-runtime")


class Group:
    """A feature group of a test, and its records."""

    def __init__(self, workshop, records, *, features=FEATURES, **more):
        self.sagemaker, self.s3, self.records = workshop.sagemaker, workshop.s3, records
        self.name = f"venues-{uuid4().hex[:8]}"
        self.bucket = workshop.bucket
        given = {
            "OnlineStoreConfig": {"EnableOnlineStore": True},
            "OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": workshop.uri("features")}},
            "RoleArn": workshop.role,
            **more,
        }
        self.sagemaker.create_feature_group(
            FeatureGroupName=self.name,
            RecordIdentifierFeatureName="venue",
            EventTimeFeatureName="seen",
            FeatureDefinitions=definitions(features),
            **{name: value for name, value in given.items() if value is not None},
        )

    def describe(self):
        return self.sagemaker.describe_feature_group(FeatureGroupName=self.name)

    def put(self, venue="1", seen=DAYS[0], *, client=None, options=None, **values):
        record = {"venue": venue, "seen": seen, **values}
        (client or self.records).put_record(
            FeatureGroupName=self.name, Record=values_of(record), **(options or {})
        )

    def get(self, venue="1", **options):
        answer = self.records.get_record(
            FeatureGroupName=self.name, RecordIdentifierValueAsString=venue, **options
        )
        return {each["FeatureName"]: each["ValueAsString"] for each in answer.get("Record", [])}

    def delete(self, seen, venue="1", **options):
        self.records.delete_record(
            FeatureGroupName=self.name,
            RecordIdentifierValueAsString=venue,
            EventTime=seen,
            **options,
        )

    def files(self):
        resolved = self.describe()["OfflineStoreConfig"]["S3StorageConfig"]["ResolvedOutputS3Uri"]
        prefix = resolved.partition(f"{self.bucket}/")[2]
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=f"{prefix}/")
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def rows(self, count):
        """Return the offline rows once there are `count`, in the order of their calls."""

        def read():
            bodies = [
                self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
                for key in self.files()
            ]
            tables = [pq.read_table(io.BytesIO(body)) for body in bodies]
            return [row for table in tables for row in table.to_pylist()]

        found = wait_until(read, lambda rows: len(rows) >= count)
        assert len(found) == count
        return sorted(found, key=lambda row: row["api_invocation_time"])


def definitions(features):
    return [{"FeatureName": name, "FeatureType": kind} for name, kind in features.items()]


def values_of(record):
    return [{"FeatureName": name, "ValueAsString": value} for name, value in record.items()]


def refusal(call):
    with pytest.raises(ClientError) as raised:
        call()
    return raised.value.response["Error"]


def test_a_group_is_described_listed_and_deleted(workshop, records):
    tags = [{"Key": "author", "Value": "data"}]
    group = Group(workshop, records, Description="Venues", Tags=tags)
    found = group.describe()
    assert found["FeatureGroupStatus"] == "Created"
    assert found["FeatureDefinitions"] == definitions(FEATURES)
    assert found["Description"] == "Venues"
    assert found["OfflineStoreStatus"] == {"Status": "Active"}
    assert workshop.sagemaker.list_tags(ResourceArn=found["FeatureGroupArn"])["Tags"] == tags
    listed = workshop.sagemaker.list_feature_groups(NameContains=group.name)
    assert [each["FeatureGroupName"] for each in listed["FeatureGroupSummaries"]] == [group.name]
    workshop.sagemaker.delete_feature_group(FeatureGroupName=group.name)
    assert refusal(group.describe)["Code"] == "ResourceNotFound"
    assert refusal(group.get)["Code"] == "ResourceNotFound"
    assert refusal(group.put)["Code"] == "ValidationError"


def test_the_online_store_has_the_latest_record_and_the_offline_store_all(workshop, records):
    group = Group(workshop, records)
    group.put(seen=DAYS[1], seats="20")
    group.put(seen=DAYS[0], seats="10")  # late: offline only
    group.put(seen=DAYS[1], seats="21")  # the event time is not greater: offline only
    assert group.get() == {"venue": "1", "seen": DAYS[1], "seats": "20"}
    assert group.get(FeatureNames=["seats"]) == {"seats": "20"}
    rows = group.rows(3)
    assert [(row["seen"], row["seats"]) for row in rows] == [
        *((DAYS[1], 20), (DAYS[0], 10), (DAYS[1], 21))
    ]
    assert {row["is_deleted"] for row in rows} == {False}
    assert all(row["write_time"] >= row["api_invocation_time"] for row in rows)
    assert all(row["share"] is None for row in rows)
    assert group.get(venue="2") == {}


def test_offline_files_are_in_hourly_partitions_of_the_event_time(workshop, records):
    group = Group(workshop, records)
    group.put(seen="2020-06-30T23:59:59.123456789Z")
    group.put(seen="2020-07-01T00:00:00Z")
    group.rows(2)
    folders = {key.rpartition("/")[0].rpartition("/data/")[2] for key in group.files()}
    assert folders == {
        "year=2020/month=06/day=30/hour=23",
        "year=2020/month=07/day=01/hour=00",
    }
    place = rf"features/\d{{12}}/sagemaker/us-east-1/offline-store/{group.name}-\d+/data/"
    name = r"[^/]+/[^/]+/[^/]+/[^/]+/\d{8}T\d{6}Z_[0-9a-zA-Z]{16}\.parquet"
    assert all(re.fullmatch(place + name, key) for key in group.files())


def test_a_soft_delete_hides_the_record_until_a_newer_one(workshop, records):
    group = Group(workshop, records)
    group.put(seen=DAYS[1], seats="20")
    group.delete(DAYS[0])  # earlier than the record: only the marker is written
    assert group.get()["seats"] == "20"
    group.delete(DAYS[2])
    assert group.get() == {}
    group.put(seen=DAYS[1], seats="30")  # earlier than the deletion
    assert group.get() == {}
    group.put(seen=DAYS[3], seats="40")
    assert group.get()["seats"] == "40"
    rows = group.rows(5)
    assert [row["is_deleted"] for row in rows] == [False, True, True, False, False]
    assert (rows[2]["venue"], rows[2]["seen"], rows[2]["seats"]) == ("1", DAYS[2], None)


def test_a_hard_delete_removes_the_record_and_its_event_time(workshop, records):
    group = Group(workshop, records)
    group.put(seen=DAYS[3])
    error = refusal(lambda: group.delete(DAYS[3], DeletionMode="HardDelete"))
    assert error["Code"] == "ValidationError"
    assert "EventTime" in error["Message"]
    group.delete(DAYS[4], DeletionMode="HardDelete")
    assert group.get() == {}
    group.put(seen=DAYS[0], seats="1")
    assert group.get()["seats"] == "1"
    assert [row["is_deleted"] for row in group.rows(3)] == [False, True, False]


def test_a_record_expires_after_its_time_to_live(workshop, records):
    week = {"TtlDuration": {"Unit": "Weeks", "Value": 1}}
    group = Group(workshop, records, OnlineStoreConfig={"EnableOnlineStore": True, **week})
    group.put(seen="2020-01-01T00:00:00Z")
    group.put(venue="2", seen="2199-01-01T00:00:00Z")
    long = {"TtlDuration": {"Unit": "Weeks", "Value": 52 * 200}}
    group.put(venue="3", seen="2020-01-01T00:00:00Z", options=long)
    assert group.get() == {}
    assert group.get("2") != {}
    assert group.get("3") != {}
    answer = records.get_record(
        FeatureGroupName=group.name,
        RecordIdentifierValueAsString="2",
        ExpirationTimeResponse="Enabled",
    )
    assert answer["ExpiresAt"] == "2199-01-08T00:00:00Z"


def test_target_stores_select_where_a_record_is_written(workshop, records):
    group = Group(workshop, records)
    group.put(seen=DAYS[0], seats="1", options={"TargetStores": ["OfflineStore"]})
    assert group.get() == {}
    group.put(seen=DAYS[1], seats="2", options={"TargetStores": ["OnlineStore"]})
    assert group.get()["seats"] == "2"
    assert [row["seats"] for row in group.rows(1)] == [1]
    offline = Group(workshop, records, OnlineStoreConfig=None)
    only_online = {"TargetStores": ["OnlineStore"]}
    assert "has no OnlineStore" in refusal(lambda: offline.put(options=only_online))["Message"]
    assert refusal(offline.get)["Code"] == "ValidationError"


def test_a_batch_reads_several_groups(workshop, records):
    first, second = Group(workshop, records), Group(workshop, records)
    first.put(venue="1", seats="1")
    second.put(venue="2", seats="2")
    wanted = [
        {"FeatureGroupName": first.name, "RecordIdentifiersValueAsString": ["1", "none"]},
        {
            "FeatureGroupName": second.describe()["FeatureGroupArn"],
            "RecordIdentifiersValueAsString": ["2"],
            "FeatureNames": ["seats"],
        },
        {"FeatureGroupName": "missing", "RecordIdentifiersValueAsString": ["1"]},
    ]
    answer = records.batch_get_record(Identifiers=wanted)
    assert [each["RecordIdentifierValueAsString"] for each in answer["Records"]] == ["1", "2"]
    assert answer["Records"][1]["Record"] == values_of({"seats": "2"})
    assert [each["FeatureGroupName"] for each in answer["Errors"]] == ["missing"]
    many = [{"FeatureGroupName": first.name, "RecordIdentifiersValueAsString": ["1"] * 60}] * 2
    assert "at most 100" in refusal(lambda: records.batch_get_record(Identifiers=many))["Message"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"seats": "1.5"}, "seats.*not an integer"),
        ({"seats": str(2**63)}, "seats.*not an integer"),
        ({"share": "many"}, "share.*not a finite number"),
        ({"colour": "red"}, "colour is not in the feature group"),
        ({"seen": "2024-01-01"}, "event time '2024-01-01' is not in the format"),
        ({"seen": "2024-13-01T00:00:00Z"}, "is not in the format"),
        ({"venue": "x" * 2049}, "identifier has 2049 bytes"),
    ],
)
def test_a_record_that_the_service_rejects_is_rejected(workshop, records, values, message):
    group = Group(workshop, records)
    error = refusal(lambda: group.put(**values))
    assert error["Code"] == "ValidationError"
    assert re.search(message, error["Message"])


def test_features_are_added_but_never_removed(cloud, workshop, records):
    group = Group(workshop, records)
    group.put(seen=DAYS[0])
    added = definitions({"city": "String"})
    workshop.sagemaker.update_feature_group(FeatureGroupName=group.name, FeatureAdditions=added)
    group.put(seen=DAYS[1], city="Oslo")
    assert group.get()["city"] == "Oslo"
    again = {"FeatureGroupName": group.name, "FeatureAdditions": added}
    error = refusal(lambda: workshop.sagemaker.update_feature_group(**again))
    assert "unique" in error["Message"]
    catalog = group.describe()["OfflineStoreConfig"]["DataCatalogConfig"]
    table = glue_table(cloud, catalog)
    assert "city" in [column["Name"] for column in table["StorageDescriptor"]["Columns"]]


def test_the_glue_table_has_the_location_of_the_offline_store(cloud, workshop, records):
    group = Group(workshop, records)
    offline = group.describe()["OfflineStoreConfig"]
    assert offline["DataCatalogConfig"]["Database"] == "sagemaker_featurestore"
    table = glue_table(cloud, offline["DataCatalogConfig"])["StorageDescriptor"]
    assert table["Location"] == offline["S3StorageConfig"]["ResolvedOutputS3Uri"]
    assert {column["Name"]: column["Type"] for column in table["Columns"]} == {
        **{"venue": "string", "seen": "string", "seats": "bigint", "share": "double"},
        **{"write_time": "timestamp", "api_invocation_time": "timestamp", "is_deleted": "boolean"},
    }
    without = {
        "S3StorageConfig": {"S3Uri": workshop.uri("features")},
        "DisableGlueTableCreation": True,
    }
    plain = Group(workshop, records, OfflineStoreConfig=without)
    assert "DataCatalogConfig" not in plain.describe()["OfflineStoreConfig"]


def glue_table(cloud, catalog):
    return cloud.client("glue").get_table(
        DatabaseName=catalog["Database"], Name=catalog["TableName"]
    )["Table"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"OnlineStoreConfig": None, "OfflineStoreConfig": None}, "At least one of"),
        ({"RoleArn": None}, "RoleArn is required"),
        ({"features": {"venue": "String"}}, "EventTimeFeatureName seen is not in"),
        ({"features": {**FEATURES, "write_time": "String"}}, "write_time are reserved"),
        ({"features": {**FEATURES, "seen": "Integral"}}, "must be String or Fractional"),
        (
            {"OnlineStoreConfig": {"EnableOnlineStore": True, "StorageType": "InMemory"}},
            "supports StorageType Standard only",
        ),
    ],
)
def test_a_group_that_the_service_rejects_is_rejected(workshop, records, more, message):
    error = refusal(lambda: Group(workshop, records, **more))
    assert error["Code"] == "ValidationException"
    assert message in error["Message"]


def test_a_caller_needs_the_permission_on_the_group_and_on_the_key(
    cloud, workshop, records, bare_role
):
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    online = {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": key}}
    group = Group(workshop, records, OnlineStoreConfig=online)
    arn = group.describe()["FeatureGroupArn"]
    put = {"Effect": "Allow", "Action": "sagemaker:PutRecord", "Resource": arn}
    decrypt = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key}
    runtime = "sagemaker-featurestore-runtime"
    without_key = cloud.client(runtime, role_arn=bare_role([put]))
    assert "kms:Decrypt" in refusal(lambda: group.put(client=without_key))["Message"]
    without_put = cloud.client(runtime, role_arn=bare_role([decrypt]))
    error = refusal(lambda: group.put(client=without_put))
    assert error["Code"] == "AccessDeniedException"
    assert "sagemaker:PutRecord" in error["Message"]
    group.put(client=cloud.client(runtime, role_arn=bare_role([put, decrypt])))
    assert group.get() != {}


def test_a_role_that_cannot_write_blocks_the_offline_store(cloud, workshop, records, bare_role):
    role = bare_role([{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}])
    group = Group(workshop, records, RoleArn=role)
    group.put()
    found = wait_until(
        group.describe, lambda found: found["OfflineStoreStatus"]["Status"] == "Blocked"
    )
    assert "AccessDenied" in found["OfflineStoreStatus"]["BlockedReason"]
    assert group.get() != {}
