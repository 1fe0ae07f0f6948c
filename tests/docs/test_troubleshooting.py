"""docs/troubleshooting.md has every public error class of the app, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from pipeline_code.source_files import source_files

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("stacks", "pipeline_code", "warehouse", "operations", "lambda")
PAGE = (REPOSITORY / "docs" / "troubleshooting.md").read_text()


def error_classes(folder):
    """The public exception classes that the modules of a folder define."""
    bases = {}
    for path in source_files(REPOSITORY / folder, "**/*.py"):
        if "tests" not in path.relative_to(REPOSITORY).parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    bases[node.name] = [ast.unparse(base) for base in node.bases]
    known = {"Exception", "ValueError"}
    while found := {n for n, of in bases.items() if n not in known and known & set(of)}:
        known |= found
    return {name for name in known & bases.keys() if not name.startswith("_")}


def test_every_public_error_class_is_on_the_page():
    expected = set().union(*map(error_classes, PACKAGES))
    assert {"ConfigurationError", "DataError", "NotEmptied"} <= expected
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert expected - named == set()


def test_every_class_on_the_page_exists():
    existing = set().union(*map(error_classes, (*PACKAGES, "local_cloud")))
    cells = [line.split(" | ")[1] for line in PAGE.splitlines() if line.count(" | ") == 2]
    named = set(re.findall(r"`(\w+)`", " ".join(cells)))
    assert len(named) > 50
    assert named - existing == set()
