"""A definition to read."""

from __future__ import annotations

import copy
import json

import pytest


@pytest.fixture
def body(repository):
    """A copy of tickit's golden definition, to be changed at will."""
    golden = repository / "tests" / "unit" / "tickit" / "golden" / "tickit.json"
    return copy.deepcopy(json.loads(golden.read_text()))
