"""Synthesis and the commands of an environment on AWS work with requirements-synth.txt alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pipeline_code.compiler.offline import go_offline
from pipeline_code.pipelines import FOLDER, names, package_of
from tests.lock_files import EVERYTHING, REPOSITORY, SYNTH, pins

GENERATORS = sorted(path.parent for path in FOLDER.glob("*/sample_data/__init__.py"))


def run_with_synth_packages(*packages):
    """Import the packages in a process of its own, and return its exit code and its errors."""
    environment = dict(os.environ)
    go_offline(environment)
    child = subprocess.run(
        [sys.executable, "-m", "tests.architecture.synth_packages", *packages],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment,
    )
    return child.returncode, child.stderr


@pytest.mark.parametrize(
    "packages",
    [
        ["stacks", "pipeline_code.archive", "pipeline_code.scaffold", "operations", "warehouse"],
        ["pipeline_code.compiler", "pipeline_code.workflow"]
        + [f"{package_of(name)}.pipeline" for name in names()],
        [package_of(path.parent.name) + ".sample_data" for path in GENERATORS],
    ],
    ids=["commands", "definitions", "sample data"],
)
def test_they_import_only_packages_of_the_synth_group(packages):
    code, errors = run_with_synth_packages(*packages)
    assert code == 0, errors


def test_the_import_of_other_packages_is_rejected():
    others = {pin.name for pin in pins(EVERYTHING)} - {pin.name for pin in pins(SYNTH)}
    assert "moto" in others
    code, errors = run_with_synth_packages("moto")
    assert code == 1
    assert f"moto is not in {SYNTH.name}" in errors
