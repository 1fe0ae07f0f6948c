"""The GitHub workflow runs targets of the Makefile, with few permissions and pinned actions."""

from __future__ import annotations

import re

import yaml

from tests.lock_files import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text()
PATH = REPOSITORY / ".github" / "workflows" / "checks.yml"
WORKFLOW = yaml.safe_load(PATH.read_text())
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
MATRIX = WORKFLOW["jobs"]["tests"]["strategy"]["matrix"]["target"]


def test_targets_exist():
    targets = set(re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.MULTILINE))
    commands = [step["run"] for step in STEPS if "run" in step]
    matrix = "${{ matrix.target }}"
    named = {command.removeprefix("make ") for command in commands} - {matrix}
    assert f"make {matrix}" in commands
    assert all(command.startswith("make ") for command in commands)
    assert named | set(MATRIX) <= targets


def test_every_tier_runs():
    (tiers,) = re.findall(r"^test-all: (.*) ##", MAKEFILE, re.MULTILINE)
    assert set(tiers.split()) | {"lint", "synth"} == set(MATRIX)


def test_it_audits_and_lists_the_dependencies():
    audit = [step.get("run") for step in WORKFLOW["jobs"]["audit"]["steps"]]
    assert {"make audit", "make sbom"} <= set(audit)


def test_jobs_may_only_read_the_repository():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert [name for name, job in WORKFLOW["jobs"].items() if "permissions" in job] == []
    # YAML 1.1 reads the key `on` as true. `pull_request_target` would run with more permissions.
    assert set(WORKFLOW[True]) == {"push", "pull_request", "schedule"}
    assert "secrets." not in PATH.read_text()


def test_actions_are_pinned_by_commit():
    """A tag can be moved: https://docs.github.com/en/actions/security-guides/security-hardening-for-github-actions."""
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action), action
    versions = re.findall(r"uses: (\S+) # v\d+\.\d+\.\d+$", PATH.read_text(), re.MULTILINE)
    assert versions == used


def test_the_token_is_not_kept_in_the_checkout():
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(WORKFLOW["jobs"])
    assert {step["with"]["persist-credentials"] for step in checkouts} == {False}
