"""Installs the user's code as the toolkit does before it serves: with pip.

Nothing is installed here. The requirements are compared with the packages on this machine, and the
errors are those of pip. Source: sagemaker_containers._modules (prepare, install) and ._files
(download_and_extract); pip's rule for sources without pyproject.toml: PEP 517 and 518.
"""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

PROGRAM = "SAGEMAKER_PROGRAM"
DIRECTORY = "SAGEMAKER_SUBMIT_DIRECTORY"
NO_BUILD_ISOLATION = "PIP_NO_BUILD_ISOLATION"
# The build system of a source whose pyproject.toml does not specify one.
_LEGACY = {"requires": ["setuptools>=40.8.0"], "build-backend": "setuptools.build_meta"}
# The images contain this backend. It need not be installed on this machine.
_IMAGE_BACKEND = "setuptools"
# pip inverts the value of the variable: 0 disables the isolation.
_FALSE = ("0", "n", "no", "f", "false", "off")


class CannotInstall(Exception):
    """pip would fail. The text contains pip's errors, and the reason in the last line."""


def base_folder() -> Path:
    """Return the folder that represents /opt/ml."""
    return Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def module_name() -> str:
    """Return the name of the user's module."""
    return os.environ[PROGRAM].removesuffix(".py")


def install(*, has_network: bool) -> None:
    """Copy the user's code to /opt/ml/code and put it on Python's path. Raises `CannotInstall`."""
    code = base_folder() / "code"
    if not code.is_dir() or not any(code.iterdir()):
        shutil.copytree(os.environ[DIRECTORY], code, dirs_exist_ok=True)
    _check_build(code, has_network=has_network)
    _check_requirements(code, has_network=has_network)
    sys.path.insert(0, str(code))


def _check_build(code: Path, *, has_network: bool) -> None:
    """Raise `CannotInstall` if pip could not build the code."""
    system = _build_system(code)
    required = system["requires"]
    isolated = os.environ.get(NO_BUILD_ISOLATION, "").lower() not in _FALSE
    if isolated and required and not has_network:
        raise CannotInstall(
            _not_found(required[0])
            + f"The model has network isolation, and pip downloads {required[0]} to build its "
            f"code: set {NO_BUILD_ISOLATION}=0 in Environment (pip inverts this switch), or "
            f"SAGEMAKER_SERVING_MODULE instead of {PROGRAM}"
        )
    backend = system.get("build-backend", _LEGACY["build-backend"]).partition(".")[0]
    in_tree = "backend-path" in system
    absent = not required if isolated else backend != _IMAGE_BACKEND and not find_spec(backend)
    if absent and not in_tree:
        raise CannotInstall(f"BackendUnavailable: Cannot import {backend!r} (pyproject.toml)")


def _build_system(code: Path) -> dict[str, Any]:
    project = code / "pyproject.toml"
    declared = tomllib.loads(project.read_text()) if project.is_file() else {}
    system: dict[str, Any] = declared.get("build-system", _LEGACY)
    if "requires" not in system:
        raise CannotInstall(
            f"{project.name}: The [build-system] table is missing the mandatory `requires` key"
        )
    return system


def _check_requirements(code: Path, *, has_network: bool) -> None:
    """Raise `CannotInstall` for a package of requirements.txt that is not installed here."""
    file = code / "requirements.txt"
    for line in file.read_text().splitlines() if file.is_file() else []:
        text = line.partition("#")[0].strip()
        if not text or _is_installed(text):
            continue
        if not has_network:
            raise CannotInstall(
                _not_found(text) + "The model has network isolation: put the package into its code"
            )
        raise CannotInstall(
            f"{file.name} names {text}, which is not installed on this machine: the laptop cloud "
            "installs no packages; put the package into the model's code"
        )


def _is_installed(text: str) -> bool:
    """Return whether pip would download nothing for a line of requirements.txt."""
    try:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate():
            return True
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except (InvalidRequirement, PackageNotFoundError):
        return False


def _not_found(requirement: str) -> str:
    """Return the error messages of pip without an index."""
    return (
        f"ERROR: Could not find a version that satisfies the requirement {requirement} "
        "(from versions: none)\n"
        f"ERROR: No matching distribution found for {requirement}\n"
        f"InstallModuleError: pip install: No matching distribution found for {requirement}. "
    )
