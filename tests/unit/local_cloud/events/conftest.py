"""A laptop cloud for the tests of one module."""

from __future__ import annotations

import time

import pytest

from local_cloud.server import running


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def eventually():
    """Waits until what is asked for is true."""

    def wait(find, timeout_seconds=30.0):
        deadline = time.monotonic() + timeout_seconds
        while not (found := find()):
            assert time.monotonic() < deadline, "it has not happened"
            time.sleep(0.05)
        return found

    return wait
