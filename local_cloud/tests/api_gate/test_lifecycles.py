"""Each supported operation of moto works: lifecycle tests for each kind of resource."""

from __future__ import annotations

import importlib
import json
import time
from dataclasses import dataclass

import pytest

from local_cloud.api_gate.supported_operations import moto_operations, own_operations
from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.server import running

KINDS = [(service, kind) for service, kinds in moto_operations().items() for kind in kinds]


@dataclass(frozen=True)
class Queue:
    """An SQS queue."""

    url: str
    arn: str


class Account:
    """Clients of a laptop cloud, and the operations that succeeded."""

    def __init__(self, cloud: Cloud):
        self._cloud = cloud
        self.region, self.account = cloud.region, ACCOUNT_ID
        self.done: set[tuple[str, str]] = set()

    def client(self, service, credentials=None):
        variables = self._cloud.environment()
        if credentials:
            variables["AWS_ACCESS_KEY_ID"] = credentials["AccessKeyId"]
            variables["AWS_SECRET_ACCESS_KEY"] = credentials["SecretAccessKey"]
            variables["AWS_SESSION_TOKEN"] = credentials["SessionToken"]
        client = self._cloud.client_with(variables, service)
        client.meta.events.register("after-call", self._note)
        return client

    def _note(self, http_response, model, **_):
        if http_response.status_code < 300:
            self.done.add((model.service_model.service_name, model.name))

    def role(self, name, trusted, *actions):
        """Create a role that a service (or a principal) may assume. Return its ARN."""
        principal = {"Service": f"{trusted}.amazonaws.com"} if isinstance(trusted, str) else trusted
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        iam = self._cloud.client("iam")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=_document(allow))
        return made["Role"]["Arn"]

    def queue(self, name, service):
        """Create a queue to which a service may send messages."""
        sqs = self._cloud.client("sqs")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = shown["Attributes"]["QueueArn"]
        allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage"}
        policy = _document({**allow, "Resource": arn})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return Queue(url, arn)

    def rows(self, sql):
        """Run a query as the administrator of the cluster `life`. Return the rows."""
        data = self._cloud.client("redshift-data")
        login = {"ClusterIdentifier": "life", "Database": "life", "DbUser": "admin"}
        name = data.execute_statement(Sql=sql, **login)["Id"]
        self.until(lambda: data.describe_statement(Id=name)["Status"] == "FINISHED")
        records = data.get_statement_result(Id=name)["Records"]
        return [[next(iter(field.values())) for field in record] for record in records]

    @staticmethod
    def until(look, seconds=60):
        """Wait until the result of `look` is true, and return it."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, "it has not happened"
            time.sleep(0.1)
        return found


def _document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


def lives(service):
    module = service.replace("-", "_")
    return importlib.import_module(f"local_cloud.tests.api_gate.lifecycles.{module}")


@pytest.mark.parametrize(("service", "kind"), KINDS, ids=lambda value: value)
def test_every_operation_of_a_kind_works(service, kind, cloud):
    account = Account(cloud)
    getattr(lives(service), kind)(account)
    listed = {(service, name) for name in moto_operations()[service][kind]}
    assert listed - account.done == set()


def test_an_operation_is_listed_once_and_not_among_our_own():
    for service, kinds in moto_operations().items():
        listed = [name for names in kinds.values() for name in names]
        assert len(listed) == len(set(listed)), service
        assert set(listed) & own_operations(service) == set(), service
