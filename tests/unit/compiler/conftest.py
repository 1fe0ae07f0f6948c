"""Definitions for the tests: tickit's golden one, and some that the SDK has made."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_code.compiler.offline import go_offline

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def golden_path(repository):
    return repository / "tests" / "unit" / "tickit" / "golden" / "tickit.json"


@pytest.fixture
def body(golden_path):
    """A copy of tickit's golden definition, to be changed at will."""
    return copy.deepcopy(json.loads(golden_path.read_text()))


@pytest.fixture(scope="session")
def made_by_the_sdk():
    """Name -> body of the definitions of sdk_definitions.py."""
    environment = dict(os.environ)
    go_offline(environment)
    child = subprocess.run(
        [sys.executable, HERE / "sdk_definitions.py"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout)
