"""Fixtures: a warehouse without a server to test SQL, and a cluster in a laptop cloud."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from local_cloud.context import Cloud
from local_cloud.redshift import engine
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse
from local_cloud.server import running

CLUSTER, DATABASE, BUCKET = "redline-test", "redline", "lake"


@dataclass
class Database:
    """Runs SQL as a user and returns plain values."""

    warehouse: Warehouse
    lake: S3Access

    def run(self, *sqls, user="admin", **parameters):
        """Run statements in one transaction. Return the outcome of the last statement."""
        session = Session(self.warehouse, self.lake, database=DATABASE, user=user)
        try:
            with session.transaction(writes=any(engine.writes(sql) for sql in sqls)):
                return [engine.run(session, sql, parameters) for sql in sqls][-1]
        finally:
            session.close()

    def rows(self, sql, user="admin", **parameters):
        """Return the rows of a query as tuples of plain values. NULL is None."""
        page = self.run(sql, user=user, **parameters).result.page(0)
        return [tuple(None if "isNull" in f else next(iter(f.values())) for f in r) for r in page]

    def types(self, sql):
        """Return the names and declared types of a query's columns."""
        columns = self.run(sql).result.columns
        return [(column.name, column.type.declaration) for column in columns]

    def error(self, *sqls, user="admin", **parameters):
        """Return the error of a statement that the database rejects."""
        with pytest.raises(StatementFailed) as failure:
            self.run(*sqls, user=user, **parameters)
        return failure.value.message


@contextmanager
def _open_database(folder):
    cloud = Cloud(endpoint="http://localhost:1", state=folder)
    lake = S3Access(cloud, f"arn:aws:redshift:us-east-1:123456789012:dbuser:{CLUSTER}", list)
    warehouse = Warehouse(CLUSTER, folder / "scratch", "admin", DATABASE)
    try:
        yield Database(warehouse, lake)
    finally:
        warehouse.close()


@pytest.fixture
def database(tmp_path):
    """An empty database `redline` whose superuser is `admin`."""
    with _open_database(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def shared_database(tmp_path_factory):
    """A database for the tests of a module that do not change the database."""
    with _open_database(tmp_path_factory.mktemp("database")) as found:
        yield found


@dataclass
class Cluster:
    """A cluster of a laptop cloud with a role and a bucket, used through boto3 only."""

    cloud: Cloud
    role: str = ""

    def __post_init__(self):
        self.data = self.cloud.client("redshift-data")
        self.s3 = self.cloud.client("s3")

    def start(self, sql, **options):
        """Start a statement. Return its id."""
        where = {"ClusterIdentifier": CLUSTER, "Database": DATABASE}
        if "SecretArn" not in options:
            where["DbUser"] = "admin"
        request = where | {"Sql": sql.replace("{role}", self.role)} | options
        return self.data.execute_statement(**request)["Id"]

    def ended(self, identifier):
        """Wait for the end of a statement. Return its description."""
        return self.data.describe_statement(Id=identifier, WaitTimeSeconds=30)

    def run(self, sql, **options):
        """Run a statement, which must finish. Return its description."""
        described = self.ended(self.start(sql, **options))
        assert described["Status"] == "FINISHED", described.get("Error")
        return described

    def error(self, sql, **options):
        """Run a statement, which must fail. Return its error."""
        described = self.ended(self.start(sql, **options))
        assert described["Status"] == "FAILED"
        return described["Error"]

    def rows(self, sql, **options):
        """Return all rows of a query, from all pages, as tuples. NULL is None."""
        pages = self.data.get_paginator("get_statement_result").paginate(
            Id=self.run(sql, **options)["Id"]
        )
        records = [record for page in pages for record in page["Records"]]
        return [
            tuple(None if "isNull" in f else next(iter(f.values())) for f in r) for r in records
        ]

    def make_role(self, name, *, allowed, principal="redshift.amazonaws.com"):
        """Create a role with allowed actions that a service may assume. Return its ARN."""
        iam = self.cloud.client("iam")
        statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        service = {"Effect": "Allow", "Principal": {"Service": principal}}
        trust = policy | {"Statement": [service | {"Action": "sts:AssumeRole"}]}
        document = json.dumps(trust)
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
        return role["Arn"]

    def put(self, key, content):
        """Write a file to the bucket. Return its URI."""
        body = content.encode() if isinstance(content, str) else content
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def get(self, key):
        """Return the content of a file in the bucket."""
        return self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def keys(self, prefix):
        """Return the keys under a prefix of the bucket."""
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", ())]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A laptop cloud in this process."""
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def cluster(cloud):
    """A cluster for the tests of a module, with an attached role that may use S3, and a bucket."""
    cloud.client("s3").create_bucket(Bucket=BUCKET)
    cluster = Cluster(cloud)
    cluster.role = cluster.make_role("warehouse", allowed=["s3:*", "kms:*"])
    cloud.client("redshift").create_cluster(
        ClusterIdentifier=CLUSTER,
        NodeType="ra3.large",
        MasterUsername="admin",
        MasterUserPassword="Correct1horse",
        DBName=DATABASE,
        IamRoles=[cluster.role],
    )
    return cluster
