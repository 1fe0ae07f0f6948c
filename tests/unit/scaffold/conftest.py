"""A copy of the project, in which pipelines are made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDERS = ("pipeline_code", "stacks", "warehouse", "lambda")
FILES = (
    *("app.py", "cdk.json", "pyproject.toml"),
    *("tests/__init__.py", "tests/conftest.py", "tests/scheduling.py"),
    *("tests/unit/job.py", "tests/unit/warm_process.py"),
)


@dataclass(frozen=True)
class Project:
    """A copy of the project in a folder of its own."""

    root: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a Python module in the copy."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env={**os.environ, "CDK_OUTDIR": str(self.root / "cdk.out")},
            capture_output=True,
            text=True,
            check=False,
        )

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a file of the copy as a person would."""
        text = (self.root / path).read_text()
        assert old in text
        (self.root / path).write_text(text.replace(old, new, 1))


@pytest.fixture(scope="session")
def project(tmp_path_factory, repository):
    root = tmp_path_factory.mktemp("project")
    for name in FOLDERS:
        bytecode = shutil.ignore_patterns("__pycache__")
        shutil.copytree(repository / name, root / name, ignore=bytecode)
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / name, root / name)
    return Project(root)
