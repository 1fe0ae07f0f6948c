"""Fixtures of the tests that read templates."""

from __future__ import annotations

import pytest

from tests.application.environments import PROVISIONED
from tests.application.synthesised import synthesised
from tests.synthesis import Synthesised


@pytest.fixture(params=PROVISIONED)
def environment(request) -> Synthesised:
    """Each fixed environment with a cluster; test_serverless_templates.py tests the other."""
    return synthesised(request.param)


@pytest.fixture
def basic() -> Synthesised:
    return synthesised("basic")


@pytest.fixture
def retained() -> Synthesised:
    return synthesised("retained")
