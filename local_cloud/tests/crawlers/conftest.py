"""A laptop cloud with a bucket, a database and a role for crawlers."""

from __future__ import annotations

import io
import json
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_cloud.server import running
from local_cloud.tests.sagemaker.conftest import wait_until

GLUE = [
    *("glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:CreateTable"),
    *("glue:UpdateTable", "glue:DeleteTable", "glue:GetPartitions", "glue:BatchCreatePartition"),
    *("glue:BatchUpdatePartition", "glue:BatchDeletePartition"),
]
S3 = ["s3:GetObject", "s3:ListBucket"]
LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]


def parquet(**columns):
    """Return columns as a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


class Lake:
    """A database and a folder of a test, and its crawlers."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.glue, self.s3 = cloud.client("glue"), cloud.client("s3")
        self.name = f"t{uuid4().hex[:8]}"
        self.uri = f"s3://lake/{self.name}/"
        self.glue.create_database(DatabaseInput={"Name": self.name})
        self.role = self.new_role((GLUE, "*"), (S3, "*"), (LOGS, "*"))

    def new_role(self, *statements, service="glue.amazonaws.com"):
        """Create a role with these statements (actions, resources). Return its ARN."""
        iam, name = self.cloud.client("iam"), f"role-{uuid4().hex}"
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        document = {"Version": "2012-10-17", "Statement": [trust]}
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
        allowed = [
            {"Effect": "Allow", "Action": actions, "Resource": resources}
            for actions, resources in statements
        ]
        document = {"Version": "2012-10-17", "Statement": allowed}
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(document))
        return created["Role"]["Arn"]

    def put(self, key, content):
        """Write an object below the folder."""
        self.s3.put_object(Bucket="lake", Key=f"{self.name}/{key}", Body=content)

    def crawler(self, path="", **more):
        """Create a crawler of a folder. Return its name."""
        given = {
            "Name": f"crawler-{uuid4().hex[:8]}",
            "Role": self.role,
            "DatabaseName": self.name,
            "Targets": {"S3Targets": [{"Path": self.uri + path}]},
            **more,
        }
        self.glue.create_crawler(**given)
        return given["Name"]

    def crawl(self, name):
        """Start a crawler and wait for its end. Return its last crawl."""
        self.glue.start_crawler(Name=name)
        self.wait(name)
        return self.glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]

    def wait(self, name):
        """Wait until a crawler is ready."""
        wait_until(
            lambda: self.glue.get_crawler(Name=name)["Crawler"]["State"],
            lambda state: state == "READY",
        )

    def crawled(self, path="", **more):
        """Create a crawler and run it with success. Return the tables by name."""
        name = self.crawler(path, **more)
        last = self.crawl(name)
        assert last["Status"] == "SUCCEEDED", last
        return self.tables()

    def tables(self):
        """Return the tables of the database by name."""
        found = self.glue.get_tables(DatabaseName=self.name)["TableList"]
        return {table["Name"]: table for table in found}

    def partitions(self, table):
        """Return the locations of the partitions by their values."""
        found = self.glue.get_partitions(DatabaseName=self.name, TableName=table)["Partitions"]
        return {tuple(each["Values"]): each["StorageDescriptor"]["Location"] for each in found}


def columns(table):
    """Return the columns and types of a table."""
    return {each["Name"]: each["Type"] for each in table["StorageDescriptor"]["Columns"]}


@pytest.fixture(scope="module")
def crawling(tmp_path_factory):
    """A laptop cloud with the bucket `lake`."""
    with running(state=tmp_path_factory.mktemp("crawlers")) as cloud:
        cloud.client("s3").create_bucket(Bucket="lake")
        yield cloud


@pytest.fixture
def lake(crawling):
    """A new database and folder."""
    return Lake(crawling)
