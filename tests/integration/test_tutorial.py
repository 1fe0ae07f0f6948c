"""The commands of docs/tutorial.md, as they are written there, in a copy of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_code.source_files import is_code
from tests.integration.laptop import REPOSITORY

pytestmark = pytest.mark.laptop

TUTORIAL = REPOSITORY / "docs" / "tutorial.md"
NOT_COPIED = {"node_modules", "cdk.out", "data"}
TIMEOUT_SECONDS = 900


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with the packages of this one; its laptop cloud is ended."""
    root = tmp_path_factory.mktemp("tutorial") / "project"
    shutil.copytree(
        REPOSITORY, root, ignore=lambda _, names: {n for n in names if not is_code(n)} | NOT_COPIED
    )
    (root / ".venv").symlink_to(sys.prefix)
    for name in ("node_modules", ".build"):  # .build has the compiled definitions
        (root / name).symlink_to(REPOSITORY / name)
    yield root
    run(root, ".venv/bin/laptop down")


def run(root: Path, command: str) -> str:
    """Run a command of the page and return its output. make installs nothing."""
    ended = subprocess.run(
        ["bash", "-c", command.replace("make ", "make --old-file=.venv/.installed-dev ")],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def commands() -> list[str]:
    """The commands of the page."""
    blocks = re.findall(r"^```console\n(.*?)^```$", TUTORIAL.read_text(), re.DOTALL | re.MULTILINE)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_commands_of_the_page_end_with_predictions(project):
    printed = {command: run(project, command) for command in commands()}
    assert "Succeeded" in printed[".venv/bin/redline start churn"]
    answers = printed[".venv/bin/redline predict churn docs/tutorial/requests.csv"]
    unhappy, happy, unknown = map(float, re.findall(r"probability\s+([\d.]+)", answers))
    assert happy < unknown < unhappy
