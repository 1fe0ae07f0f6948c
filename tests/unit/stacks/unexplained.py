"""Every fixed environment without its acknowledgements, and the findings of the checks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from stacks.application import build_app, new_app
from tests.application.environments import ENVIRONMENTS, FIXED
from tests.template_checks.cdk import Checked, checked

WRITERS = ("_tell_cdk", "_ignore_in_cfn_lint", "_skip_in_checkov")


@cache
def _folder() -> TemporaryDirectory:
    return TemporaryDirectory(prefix="redline-unexplained-")


@cache
def unexplained(name: str) -> Checked:
    """The environment of that name, built by constructs whose acknowledgements write nothing."""
    folder = Path(_folder().name) / name
    with pytest.MonkeyPatch.context() as patch:
        for writer in WRITERS:
            patch.setattr(f"stacks.common.acknowledge.{writer}", lambda *_: None)
        app = build_app(ENVIRONMENTS[name], new_app(folder), **FIXED, validate=True)
    return checked(app, folder)


def in_metadata(folders: Iterable[Path], tool: str) -> list[tuple[str, str, str]]:
    """The rules that the templates suppress for `tool`, as (template, logical id, rule)."""
    return sorted(
        (path.name, name, rule)
        for folder in folders
        for path in folder.glob("*.template.json")
        for name, resource in json.loads(path.read_text())["Resources"].items()
        for rule in _rules(resource.get("Metadata", {}).get(tool))
    )


def _rules(metadata: dict[str, Any] | None) -> list[str]:
    if metadata is None:
        return []
    return [skip["id"] for skip in metadata.get("skip", [])] or list(metadata["reasons"])
