"""Runs cfn-lint over cloud assemblies."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path


def cfn_lint(folders: Iterable[Path]) -> list[tuple[str, str, str]]:
    """Return the findings, as (template, logical id, rule)."""
    templates = [path for folder in folders for path in sorted(folder.glob("*.template.json"))]
    child = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--format", "json", *templates],
        capture_output=True,
        text=True,
    )
    findings = json.loads(child.stdout or "[]")
    # The exit code has bits for errors, warnings and information; others mean an internal error.
    assert child.returncode in ({0} if not findings else {2, 4, 6, 8, 10, 12, 14}), child.stderr
    return [
        (Path(each["Filename"]).name, _resource(each["Location"]["Path"]), each["Rule"]["Id"])
        for each in findings
    ]


def _resource(path: list[str] | None) -> str:
    return path[1] if path and path[0] == "Resources" else ""
