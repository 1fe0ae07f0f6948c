"""Workgroups, and the permissions of the caller on the catalogue, the tables and the results."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

ATHENA = (["athena:*"], "*")
GLUE = (["glue:GetDatabase", "glue:GetTable"], "*")
TABLE = (["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::lake", "arn:aws:s3:::lake/sales/*"])
DELIMITED = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
RESULTS = (
    ["s3:GetBucketLocation", "s3:PutObject", "s3:GetObject"],
    ["arn:aws:s3:::results", "arn:aws:s3:::results/work/*"],
)
SQL = "SELECT count(*) FROM sales"


def test_a_caller_with_these_permissions_reads_the_table(lake):
    assert lake.as_role(ATHENA, GLUE, TABLE, RESULTS).rows(SQL) == [("3",)]


@pytest.mark.parametrize(
    ("allowed", "reason"),
    [
        ((ATHENA, TABLE, RESULTS), "glue:GetDatabase"),
        ((ATHENA, GLUE, RESULTS), "PERMISSION_DENIED: s3://lake/sales/"),
        ((ATHENA, GLUE, TABLE), "Unable to verify/create output bucket"),
        (
            (ATHENA, GLUE, TABLE, (["s3:GetBucketLocation"], "*")),
            "Access denied when writing output to url: s3://results/work/",
        ),
    ],
)
def test_each_missing_permission_fails_the_query(lake, allowed, reason):
    assert reason in lake.as_role(*allowed).error(SQL)


def test_actions_are_allowed_by_workgroup(lake):
    own = (["athena:*"], "arn:aws:athena:us-east-1:123456789012:workgroup/other")
    with pytest.raises(ClientError, match="athena:StartQueryExecution on resource"):
        lake.as_role(own, GLUE, TABLE, RESULTS).run(SQL)


def test_an_enforced_workgroup_replaces_the_settings_of_the_request(lake):
    given = {"OutputLocation": "s3://lake/elsewhere/"}
    found = lake.run(SQL, ResultConfiguration=given)
    assert found["ResultConfiguration"]["OutputLocation"].startswith("s3://results/work/")
    free = lake.run(SQL, ResultConfiguration=given, WorkGroup="primary")
    assert free["ResultConfiguration"]["OutputLocation"].startswith("s3://lake/elsewhere/")
    with pytest.raises(ClientError, match="No output location provided"):
        lake.run(SQL, WorkGroup="primary")


def test_a_workgroup_limits_the_bytes_of_a_query(lake):
    configuration = {
        "BytesScannedCutoffPerQuery": 10_000_000,
        "ResultConfiguration": {"OutputLocation": "s3://results/small/"},
    }
    lake.athena.create_work_group(Name="small", Configuration=configuration)
    lake.table("large", {"a": "string"}, {"1": b"x" * 10_000_001}, serde=DELIMITED)
    sql = "SELECT count(*) FROM large"
    assert "Bytes scanned limit was exceeded" in lake.error(sql, WorkGroup="small")
    lake.athena.update_work_group(
        WorkGroup="small", ConfigurationUpdates={"RemoveBytesScannedCutoffPerQuery": True}
    )
    assert lake.rows(sql, WorkGroup="small") == [("1",)]
    lake.athena.update_work_group(WorkGroup="small", State="DISABLED")
    with pytest.raises(ClientError, match="is disabled"):
        lake.run(SQL, WorkGroup="small")
    lake.athena.delete_work_group(WorkGroup="small")
    with pytest.raises(ClientError, match="is not found"):
        lake.run(SQL, WorkGroup="small")


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"RequesterPaysEnabled": True}, "RequesterPaysEnabled is not supported"),
        ({"ExecutionRole": "arn:aws:iam::123456789012:role/x"}, "ExecutionRole is not supported"),
        (
            {
                "ResultConfiguration": {
                    "EncryptionConfiguration": {"EncryptionOption": "CSE_KMS", "KmsKey": "x"}
                }
            },
            "the encryption CSE_KMS is not supported",
        ),
    ],
)
def test_settings_without_effect_are_refused_by_name(lake, configuration, reason):
    with pytest.raises(ClientError, match=reason):
        lake.athena.create_work_group(Name="odd", Configuration=configuration)


def test_tags_of_a_workgroup(lake):
    arn = "arn:aws:athena:us-east-1:123456789012:workgroup/work"
    lake.athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}])
    assert lake.athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "a", "Value": "1"}
    ]
    lake.athena.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert lake.athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


def test_a_cancelled_query_remains_cancelled(lake):
    big = "SELECT count(*) FROM sales a CROSS JOIN sales b"
    name = lake.athena.start_query_execution(
        QueryString=" CROSS JOIN ".join([big, *(f"sales c{n}" for n in range(18))]),
        QueryExecutionContext={"Database": "shop"},
        WorkGroup="work",
    )["QueryExecutionId"]
    lake.athena.stop_query_execution(QueryExecutionId=name)
    found = lake.athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]
    assert found["Status"]["State"] == "CANCELLED"
    assert name in lake.athena.list_query_executions(WorkGroup="work")["QueryExecutionIds"]
