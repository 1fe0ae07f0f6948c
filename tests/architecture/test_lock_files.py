"""Every package that a target installs has a version and hashes, the same in all groups."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace

import pytest

from tests.lock_files import DEV, EVERYTHING, LOCK_FILES, REPOSITORY, SYNTH, named_in, pins

EXCLUDED = REPOSITORY / "requirements-synth-excluded.in"
MAKEFILE = (REPOSITORY / "Makefile").read_text().replace("\\\n", " ")


@pytest.mark.parametrize("path", LOCK_FILES, ids=lambda path: path.name)
def test_every_package_has_hashes(path):
    found = pins(path)
    assert found
    for pin in found:
        assert pin.hashes, f"{path.name}: {pin.name} has no hash; run make lock"
        for each in pin.hashes:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", each), f"{path.name}: {pin.name}"


@pytest.mark.parametrize("path", LOCK_FILES, ids=lambda path: path.name)
def test_every_package_that_is_asked_for_is_locked(path):
    missing = named_in(path.with_suffix(".in")) - {pin.name for pin in pins(path)}
    assert missing == set(), "run make lock"


def test_groups_that_share_an_environment_share_their_versions():
    # A group may need a package on fewer systems than another group.
    everything = {replace(pin, marker="") for pin in pins(EVERYTHING)}
    names = {pin.name for pin in everything}
    for path in (SYNTH, DEV):
        shared = {replace(pin, marker="") for pin in pins(path) if pin.name in names}
        assert shared - everything == set(), f"{path.name}: run make lock"


def test_everything_contains_the_synth_group_and_what_it_leaves_out():
    everything, synth = ({pin.name for pin in pins(path)} for path in (EVERYTHING, SYNTH))
    assert synth < everything
    excluded = named_in(EXCLUDED)
    assert excluded & synth == set()
    assert excluded <= everything, "these are not in requirements.txt: remove them from the list"


def test_requirements_contain_the_sdk_and_the_test_runner():
    assert {"sagemaker", "pytest"} <= {pin.name for pin in pins(EVERYTHING)}


def test_every_lock_file_is_compiled_by_make_lock():
    compiled = re.findall(r"^\t\$\(call LOCK,(\S*)\)", MAKEFILE, re.MULTILINE)
    assert sorted(f"requirements{group}.txt" for group in compiled) == [
        path.name for path in LOCK_FILES
    ]


def test_every_installation_verifies_hashes():
    variables = dict(re.findall(r"^(\w+) :?= (.*)$", MAKEFILE, re.MULTILINE))
    for name in ("HASHED", "UV", "VENV"):
        for key, value in variables.items():
            variables[key] = value.replace(f"$({name})", variables[name])
    recipes = re.findall(r"^\t(.*)$", MAKEFILE, re.MULTILINE)
    installations = [
        expanded
        for recipe in recipes
        if "pip install"
        in (expanded := re.sub(r"\$\((\w+)\)", lambda v: variables.get(v[1], v[0]), recipe))
    ]
    assert len(installations) == 11
    for command in installations:
        # A folder has no hash; the package that builds it is pinned.
        assert "--require-hashes" in command or (
            "--build-constraints requirements-dev.txt" in command
            and command.endswith(("--editable ./local_cloud", "--editable ./operations"))
        )


def test_each_lock_file_is_audited_alone():
    """pip-audit rejects two versions of a package, and the groups have different ones."""
    (files,) = re.findall(r"pip-audit .* -r (\S+)", MAKEFILE)
    assert files == "$$file"


@pytest.mark.parametrize("package", ["local_cloud", "operations"])
def test_the_build_of_a_package_is_pinned(package):
    document = tomllib.loads((REPOSITORY / package / "pyproject.toml").read_text())
    locked = {f"{pin.name}=={pin.version}" for pin in pins(DEV)}
    assert set(document["build-system"]["requires"]) <= locked


def test_every_package_of_npm_has_a_digest():
    packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    wanted = json.loads((REPOSITORY / "package.json").read_text())["devDependencies"]
    assert packages.pop("")["devDependencies"] == wanted
    assert {f"node_modules/{name}" for name in wanted} <= packages.keys()
    for name, package in packages.items():
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"]), name
        assert not package.get("hasInstallScript"), f"{name}: npm ci runs no scripts"


def test_npm_runs_no_scripts_of_packages():
    commands = re.findall(r"^\tnpm ci (.*)$", MAKEFILE, re.MULTILINE)
    assert len(commands) == 2
    assert all("--ignore-scripts" in command for command in commands)
