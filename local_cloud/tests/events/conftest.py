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
    """A function that waits until a condition is true."""

    def wait(find, timeout_seconds=180.0):
        deadline = time.monotonic() + timeout_seconds
        while not (found := find()):
            assert time.monotonic() < deadline, "the condition is still false"
            time.sleep(0.05)
        return found

    return wait
