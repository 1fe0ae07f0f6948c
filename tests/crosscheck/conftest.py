"""A fixture with a definition."""

from __future__ import annotations

import copy

import pytest

from pipeline_code.compiler import compiled
from tests.application.environments import ROOT


@pytest.fixture
def body():
    """A copy of the definition of the fixed pipeline demand, which a test may change."""
    return copy.deepcopy(compiled("demand", root=ROOT).body)
