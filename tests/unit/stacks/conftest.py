"""Fixtures of the tests that read templates."""

from __future__ import annotations

import pytest

from tests.unit.stacks.synthesised import ENVIRONMENT_NAMES, Synthesised, synthesised


@pytest.fixture(params=ENVIRONMENT_NAMES)
def environment(request) -> Synthesised:
    """Each environment in turn."""
    return synthesised(request.param)


@pytest.fixture
def local() -> Synthesised:
    return synthesised("local")


@pytest.fixture
def prod() -> Synthesised:
    return synthesised("prod")
