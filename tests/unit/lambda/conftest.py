"""Handlers are loaded from the files that ship, each under a name of its own."""

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

CLUSTER, DATABASE, LAKE = "redline-test", "redline", "lake"
EVERYTHING_IN_S3 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


@pytest.fixture(scope="session")
def load_handler(repository):
    """The module lambda/<name>/handler.py, which finds beside it what is deployed beside it.

    `.beside` has the modules that it has found there.
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
            beside = {file.stem for folder in folders for file in folder.glob("*.py")}
            for stem in beside:
                # Not one of the same name that another function has.
                patch.delitem(sys.modules, stem, raising=False)
            spec.loader.exec_module(module)
            found = {stem: sys.modules.pop(stem) for stem in beside & set(sys.modules)}
        module.beside = SimpleNamespace(**found)
        return module

    return load


class Responses(BaseHTTPRequestHandler):
    """Stands for the address at which CloudFormation takes responses."""

    def do_PUT(self):  # noqa: N802 - the name that http.server asks for
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
    """A server that keeps what it is sent; `.event(kind)` asks for an answer there.

    `.refuse(times)` lets it be out of order so often.
    """
    server = HTTPServer(("127.0.0.1", 0), Responses)
    server.received = []
    server.refusals = 0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Caller(server)
    server.shutdown()
    thread.join()
    server.server_close()


class Caller:
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
    """What Lambda tells a handler of its time."""

    def __init__(self, seconds=900):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return self.seconds * 1000


@pytest.fixture
def context():
    return Context()


@dataclass
class Laptop:
    """A laptop cloud with a lake, and a cluster whose role may do everything there."""

    cloud: object
    role: str

    def __post_init__(self):
        self.data = self.cloud.client("redshift-data")
        self.s3 = self.cloud.client("s3")

    def run(self, *sqls):
        """Run statements as the administrator; the id of their batch."""
        where = {"ClusterIdentifier": CLUSTER, "Database": DATABASE, "DbUser": "admin"}
        started = self.data.batch_execute_statement(Sqls=list(sqls), **where)
        described = self.data.describe_statement(Id=started["Id"], WaitTimeSeconds=30)
        assert described["Status"] == "FINISHED", described
        return started["Id"]

    def rows(self, sql):
        """The rows of a query, as plain values."""
        records = self.data.get_statement_result(Id=f"{self.run(sql)}:1")["Records"]
        return [[next(iter(field.values())) for field in record] for record in records]

    def environment(self, user):
        """The variables of a function that is that user of the database."""
        return {
            "CLUSTER_IDENTIFIER": CLUSTER,
            "DATABASE": DATABASE,
            "DB_USER": user,
            "LAKE_BUCKET": LAKE,
            "WAREHOUSE_ROLE_ARN": self.role,
            **self.cloud.environment(),
        }


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """A laptop cloud for the tests of one module; its database is empty."""
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
    policy = json.dumps(EVERYTHING_IN_S3)
    iam.put_role_policy(RoleName="warehouse", PolicyName="all", PolicyDocument=policy)
    return role["Role"]["Arn"]
