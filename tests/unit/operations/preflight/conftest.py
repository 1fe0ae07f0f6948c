"""An account with stubbed responses, which are checked against the shapes of the services."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache

import boto3
import pytest
from botocore.stub import Stubber

from operations.assembly import Assembly
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account, all_checks
from tests.application.synthesised import synthesised

CHECKS = {check.name: check for check in all_checks()}


@cache
def needs_of(name):
    found = synthesised(name)
    region = found.environment.region
    return Assembly.read(found.folder, prefix=f"redline-{name}-", region=region)


class StubbedAccount:
    """The clients of an account. `answer` and `refuse` set the next response of a service."""

    def __init__(self, stack):
        self._stack = stack
        self._clients, self._stubs = {}, {}

    def client(self, service):
        if service not in self._clients:
            client = boto3.client(
                service, "us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
            )
            self._clients[service] = client
            self._stubs[service] = self._stack.enter_context(Stubber(client))
        return self._clients[service]

    def answer(self, service, operation, response):
        self.client(service)
        self._stubs[service].add_response(operation, response)

    def refuse(self, service, operation, code, message="it is not known"):
        self.client(service)
        self._stubs[service].add_client_error(operation, code, message)


@pytest.fixture
def account():
    with ExitStack() as stack:
        yield StubbedAccount(stack)


@pytest.fixture
def findings(account):
    """Return a function that runs one check for a fixed environment: subject -> finding."""

    def run(check, environment="retained"):
        aws = EnvironmentClients.of(synthesised(environment).environment, account.client)
        found = CHECKS[check].findings(Account(aws, needs_of(environment)))
        return {each.subject: each for each in found}

    return run
