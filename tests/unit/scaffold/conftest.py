"""A copy of the project without its pipelines, in which new pipelines are created."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline_code.pipelines import folder_of, names
from tests.left_by_editors import copy_sources

FOLDERS = ("html_pages", "lambda", "local_cloud", "pipeline_code", "stacks", "warehouse")
FILES = (
    *("app.py", "cdk.json", "pyproject.toml"),
    *("tests/__init__.py", "tests/conftest.py", "tests/registry.py", "tests/scheduling.py"),
    *("tests/unit/data_contracts.py", "tests/unit/job.py", "tests/unit/step_runs.py"),
    "tests/unit/warm_process.py",
)
# The declared environments have the user's pipelines, which may have the same names.
ENVIRONMENTS = """\
from stacks.config import Environment, Environments, Network, Retention, Warehouse
from stacks.config import Pipeline, Schedule

ENVIRONMENTS = Environments()


@ENVIRONMENTS.add
def local() -> Environment:
    return Environment(
        name="local",
        region="us-east-1",
        owner="data-science",
        cost_center="none",
        network=Network(cidr="10.40.0.0/16", availability_zones=("us-east-1a", "us-east-1b")),
        warehouse=Warehouse(node_type="ra3.large", nodes=1, snapshot_retention_days=1),
        retention=Retention(removal="destroy", run_days=30, log_days=7),
        generated_data=True,
        pipelines=(),
    )
"""


@dataclass(frozen=True)
class Project:
    """A copy of the project in a separate folder."""

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
        """Replace a text in a file of the copy."""
        text = (self.root / path).read_text()
        assert old in text
        (self.root / path).write_text(text.replace(old, new, 1))


@pytest.fixture(scope="session")
def project(tmp_path_factory, repository):
    root = tmp_path_factory.mktemp("project")
    for name in FOLDERS:
        copy_sources(repository / name, root / name)
    for name in names(root / "pipeline_code"):
        shutil.rmtree(folder_of(name, root / "pipeline_code"))
    (root / "stacks" / "environments.py").write_text(ENVIRONMENTS)
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / name, root / name)
    return Project(root)
