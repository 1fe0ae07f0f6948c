"""Loads handlers from the deployed files, and provides stand-ins for CloudFormation and Lambda."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest

from local_cloud.server import running
from pipeline_code.source_files import source_files

CLUSTER, DATABASE, LAKE = "redline-test", "redline", "lake"
FULL_ACCESS_TO_S3 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


@pytest.fixture(scope="session")
def load_handler(repository):
    """Load the module lambda/<name>/handler.py with the modules that are deployed with it.

    The attribute `beside` of the module holds these modules.
    """

    def load(name):
        folders = [repository / "lambda" / name, repository / "lambda" / "shared"]
        spec = importlib.util.spec_from_file_location(
            f"redline_lambda_{name}", folders[0] / "handler.py"
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "path", [*map(str, folders), *sys.path])
            beside = {file.stem for folder in folders for file in source_files(folder, "*.py")}
            for stem in beside:
                # Another function may have a module with the same name.
                patch.delitem(sys.modules, stem, raising=False)
            spec.loader.exec_module(module)
            found = {stem: sys.modules.pop(stem) for stem in beside & set(sys.modules)}
        module.beside = SimpleNamespace(**found)
        return module

    return load


class Responses(BaseHTTPRequestHandler):
    """A stand-in for the URL that receives the responses for CloudFormation."""

    def do_PUT(self):  # noqa: N802 - the name that http.server requires
        length = int(self.headers["Content-Length"])
        if self.server.refusals:
            self.server.refusals -= 1
            self.rfile.read(length)
            self.send_response(503)
            self.end_headers()
            return
        self.server.received.append((self.headers["Content-Type"], self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        """Keep the test's output clean."""


@pytest.fixture
def cloudformation():
    """A server that stores the responses. `.event(kind)` creates a request with its URL.

    `.refuse(times)` makes the server answer that many requests with 503.
    """
    server = HTTPServer(("127.0.0.1", 0), Responses)
    server.received = []
    server.refusals = 0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield CustomResourceCaller(server)
    server.shutdown()
    thread.join()
    server.server_close()


class CustomResourceCaller:
    def __init__(self, server):
        self._server = server

    def event(self, kind, **properties):
        return {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self._server.server_port}/answer?signed=yes",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Resource",
            "ResourceProperties": properties,
        }

    def refuse(self, times):
        self._server.refusals = times

    def answer(self):
        ((content_type, body),) = self._server.received
        assert content_type == ""
        assert len(body) < 4096
        return json.loads(body)


class Context:
    """A stand-in for Lambda's context object, with the remaining time."""

    def __init__(self, seconds=900):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return self.seconds * 1000


@pytest.fixture
def context():
    return Context()


@dataclass
class Laptop:
    """A laptop cloud with a lake and a cluster. The role of the cluster has full access to S3."""

    cloud: object
    role: str

    def __post_init__(self):
        self.data = self.cloud.client("redshift-data")
        self.s3 = self.cloud.client("s3")

    def run(self, *sqls):
        """Run statements as the administrator. Return the id of the batch."""
        where = {"ClusterIdentifier": CLUSTER, "Database": DATABASE, "DbUser": "admin"}
        started = self.data.batch_execute_statement(Sqls=list(sqls), **where)
        described = self.data.describe_statement(Id=started["Id"], WaitTimeSeconds=30)
        assert described["Status"] == "FINISHED", described
        return started["Id"]

    def rows(self, sql):
        """Return the rows of a query as lists of values."""
        records = self.data.get_statement_result(Id=f"{self.run(sql)}:1")["Records"]
        return [[next(iter(field.values())) for field in record] for record in records]

    def environment(self, user):
        """Return the environment variables of a function that logs in as this database user."""
        return {
            "CLUSTER_IDENTIFIER": CLUSTER,
            "DATABASE": DATABASE,
            "DB_USER": user,
            "LAKE_BUCKET": LAKE,
            "WAREHOUSE_ROLE_ARN": self.role,
            "EXTRACTED_DAYS": "365",
            **self.cloud.environment(),
        }


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """A laptop cloud with an empty database, one per test module."""
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        cloud.client("s3").create_bucket(Bucket=LAKE)
        laptop = Laptop(cloud, _role(cloud))
        cloud.client("redshift").create_cluster(
            ClusterIdentifier=CLUSTER,
            NodeType="ra3.large",
            MasterUsername="admin",
            MasterUserPassword="Correct1horse",
            DBName=DATABASE,
            IamRoles=[laptop.role],
        )
        yield laptop


def _role(cloud):
    principal = {"Service": "redshift.amazonaws.com"}
    allowed = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [allowed]}
    iam = cloud.client("iam")
    role = iam.create_role(RoleName="warehouse", AssumeRolePolicyDocument=json.dumps(trust))
    policy = json.dumps(FULL_ACCESS_TO_S3)
    iam.put_role_policy(RoleName="warehouse", PolicyName="all", PolicyDocument=policy)
    return role["Role"]["Arn"]


@pytest.fixture(scope="module")
def warehouse(laptop, request):
    """The warehouse with the table `sales`, which the statements TABLE of the module create."""
    laptop.run(*request.module.TABLE.strip().split(";\n"))
    return laptop


@pytest.fixture
def sales(warehouse, request):
    """The table with the rows that the statement ROWS of the module inserts. `.run` changes it."""
    warehouse.run("DELETE FROM sales", request.module.ROWS)
    return warehouse
