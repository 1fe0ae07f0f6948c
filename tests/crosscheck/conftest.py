"""A definition to read."""

from __future__ import annotations

import copy

import pytest

from pipeline_code.compiler import compiled
from tests.application.environments import ROOT


@pytest.fixture
def body():
    """A copy of the fixed pipeline demand's definition, to be changed at will."""
    return copy.deepcopy(compiled("demand", root=ROOT).body)
