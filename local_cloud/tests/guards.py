"""Fixtures and settings of all tests: no network, no real credentials, repeatable examples."""

from __future__ import annotations

import local_cloud.garbage_collection  # noqa: F401  # tests import what the server imports

# isort: split
import ipaddress
import os
import socket
import sys
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from hypothesis import settings
from moto.core.authorization import ActionAuthenticatorMixin

# Every run has the same examples and no deadline, so only a change can make a test fail.
settings.register_profile(
    "repeatable", derandomize=True, database=None, deadline=None, max_examples=100
)
settings.load_profile("repeatable")

# Use Node.js of the virtual environment, as `make` does. jsii and the CDK CLI warn about others.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Raise OSError for connections to other machines."""
    connect = socket.socket.connect

    def loopback_only(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise OSError(f"tests must not reach the network, but one connects to {address}")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", loopback_only)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_credentials():
    """Hide the AWS configuration of the machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_CONFIG_FILE", "/dev/null")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(autouse=True, scope="session")
def service_models():
    """Read the models of AWS' services once per process, not once per session of boto3.

    moto, which changes its models, reads its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture
def plain_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the checks that a laptop cloud of the same process has added to moto's services."""
    monkeypatch.setattr(
        ActionAuthenticatorMixin, "_authenticate_and_authorize_action", lambda *_, **__: None
    )
