"""Definitions for the tests: a fixed pipeline, and definitions that the SDK created."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_code.compiler import compiled
from pipeline_code.compiler.offline import go_offline
from tests.application.environments import ROOT

HERE = Path(__file__).parent


@pytest.fixture
def body():
    """A copy of the definition of the fixed pipeline demand, which a test may change."""
    return copy.deepcopy(compiled("demand", root=ROOT).body)


@pytest.fixture
def path(body, tmp_path):
    """A file with the definition."""
    path = tmp_path / "demand.json"
    path.write_text(json.dumps(body))
    return path


@pytest.fixture(scope="session")
def made_by_the_sdk():
    """Name -> body, for the definitions of sdk_definitions.py."""
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
