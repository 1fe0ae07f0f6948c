"""A laptop cloud with a lake, a catalogue, and queries through boto3 only."""

from __future__ import annotations

import io
import json
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_cloud.server import running

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


class Lake:
    """Runs queries and defines tables."""

    def __init__(self, cloud, role=None):
        self.cloud = cloud
        self.athena = cloud.client("athena", role_arn=role)
        self.glue, self.s3 = cloud.client("glue"), cloud.client("s3")

    def run(self, sql, **more):
        """Run a query to its end. Return its description."""
        given = {"QueryExecutionContext": {"Database": "shop"}, "WorkGroup": "work", **more}
        name = self.athena.start_query_execution(QueryString=sql, **given)["QueryExecutionId"]
        while True:
            found = self.athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]
            if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return found
            time.sleep(0.02)

    def rows(self, sql, **more):
        """Return the rows of a query without the header. NULL is None."""
        found = self.run(sql, **more)
        assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
        pages = self.athena.get_paginator("get_query_results").paginate(
            QueryExecutionId=found["QueryExecutionId"]
        )
        rows = [row for page in pages for row in page["ResultSet"]["Rows"]]
        return [tuple(datum.get("VarCharValue") for datum in row["Data"]) for row in rows[1:]]

    def error(self, sql, **more):
        """Return the reason why a query failed."""
        found = self.run(sql, **more)
        assert found["Status"]["State"] == "FAILED", found["Status"]
        return found["Status"]["StateChangeReason"]

    def put(self, key, content):
        """Write an object to the lake."""
        self.s3.put_object(Bucket="lake", Key=key, Body=content)

    def get(self, uri):
        """Read an object."""
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def table(self, name, columns, files, *, serde=PARQUET, settings=None, keys=(), header=0):
        """Define a table and write its files."""
        for file, content in files.items():
            self.put(f"{name}/{file}", content)
        storage = {
            "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
            "Location": f"s3://lake/{name}/",
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": settings or {}},
        }
        described = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"skip.header.line.count": str(header)},
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
            "StorageDescriptor": storage,
        }
        self.glue.create_table(DatabaseName="shop", TableInput=described)

    def as_role(self, *statements):
        """Return the lake as a new role with these statements (actions, resources) sees it."""
        iam = self.cloud.client("iam")
        name = f"role-{time.monotonic_ns()}"
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        arn = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )["Role"]["Arn"]
        allowed = [
            {"Effect": "Allow", "Action": actions, "Resource": resources}
            for actions, resources in statements
        ]
        document = {"Version": "2012-10-17", "Statement": allowed}
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(document))
        return Lake(self.cloud, arn)


def parquet(table):
    """Return an Arrow table as Parquet."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake with the database `shop`, the workgroup `work` and the table `sales`."""
    with running(state=tmp_path_factory.mktemp("athena")) as cloud:
        found = Lake(cloud)
        for bucket in ("lake", "results"):
            found.s3.create_bucket(Bucket=bucket)
        found.glue.create_database(DatabaseInput={"Name": "shop"})
        found.athena.create_work_group(
            Name="work",
            Configuration={
                "ResultConfiguration": {
                    "OutputLocation": "s3://results/work/",
                    "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
                }
            },
        )
        sales = pa.table(
            {"id": pa.array([1, 2, 3], pa.int64()), "city": ["Bonn", None, 'say "x", y']}
        )
        found.table("sales", {"id": "bigint", "city": "string"}, {"part-0": parquet(sales)})
        yield found
