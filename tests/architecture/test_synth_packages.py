"""Synthesis and the commands of an environment on AWS work with requirements-synth.txt alone."""

from __future__ import annotations

import os
import subprocess
import sys

from pipeline_code.compiler.offline import go_offline
from pipeline_code.pipelines import FOLDER, names, package_of
from tests.lock_files import EVERYTHING, REPOSITORY, SYNTH, pins

COMMANDS = ("stacks", "pipeline_code.archive", "pipeline_code.scaffold", "operations", "warehouse")
DEFINITIONS = (
    *("pipeline_code.compiler", "pipeline_code.workflow"),
    *(f"{package_of(name)}.pipeline" for name in names()),
)
SAMPLE_DATA = sorted(
    f"{package_of(path.parent.parent.name)}.sample_data"
    for path in FOLDER.glob("*/sample_data/__init__.py")
)


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


def test_they_import_only_packages_of_the_synth_group():
    code, errors = run_with_synth_packages(*COMMANDS, *DEFINITIONS, *SAMPLE_DATA)
    assert code == 0, errors


def test_the_import_of_other_packages_is_rejected():
    others = {pin.name for pin in pins(EVERYTHING)} - {pin.name for pin in pins(SYNTH)}
    assert "moto" in others
    code, errors = run_with_synth_packages("moto")
    assert code == 1
    assert f"moto is not in {SYNTH.name}" in errors
