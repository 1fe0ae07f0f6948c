"""Runs checkov over templates; `make checks` installs it in a separate environment."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

CHECKOV = Path(__file__).parents[2] / ".audit" / "bin" / "checkov"

needs_checkov = pytest.mark.skipif(
    not CHECKOV.exists(), reason="checkov is in an environment of its own: run make checks"
)


def checkov(templates: Iterable[Path], folder: Path) -> dict[str, Any]:
    """Return the report about copies of the templates in `folder`."""
    for template in templates:
        shutil.copy(template, folder)
    child = subprocess.run(
        [CHECKOV, "--framework", "cloudformation", "--directory", folder]
        + ["--output", "json", "--compact", "--skip-download"],
        capture_output=True,
        text=True,
    )
    report: dict[str, Any] = json.loads(child.stdout)
    assert report["summary"]["parsing_errors"] == 0
    return report


def failed(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the findings of a report, as (template, logical id, rule)."""
    return sorted(
        (Path(each["file_path"]).name, each["resource"].rpartition(".")[2], each["check_id"])
        for each in report["results"]["failed_checks"]
    )


def templates(folders: Iterable[Path]) -> list[Path]:
    """Return the templates of cloud assemblies."""
    return [path for folder in folders for path in sorted(folder.glob("*.template.json"))]
