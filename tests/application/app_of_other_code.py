"""The app with other code of jobs, like a later deployment: `cdk synth -c env=NAME`."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipeline_code.archive import build_archive
from stacks.application import build_app, new_app
from stacks.pipeline import code_archive
from tests.application.environments import ENVIRONMENTS, FIXED


def _other_archive(name: str, folder: Path, root: Path) -> Path:
    """Create the archive with one more file, so that its hash and its key change."""
    archive = build_archive(name, folder, root)
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(zipfile.ZipInfo("other.txt"), "")
    return archive


code_archive.build_archive = _other_archive
app = new_app()
build_app(ENVIRONMENTS[app.node.get_context("env")], app, **FIXED).synth()
