"""Environments are deployed one after another, and commands are used without a laptop cloud."""

from __future__ import annotations

import pytest

from tests.integration.laptop import Laptop, started

pytestmark = pytest.mark.laptop


def test_every_environment_deploys(tmp_path):
    """Other tests deploy `local` and `staging` (tests/faults/test_deployment_faults.py)."""
    with started(Laptop(tmp_path / "state")) as laptop:
        for environment in ("dev", "prod"):
            laptop.run("deploy", environment)
            assert laptop.run("status").stdout.startswith(f"{environment} in us-east-1 on the lapt")
            assert laptop.json("--env", environment, "status")["environment"] == environment


def test_without_a_cloud_every_command_says_what_to_do(tmp_path):
    laptop = Laptop(tmp_path / "nothing")
    for command in (["runs"], ["start", "tickit"], ["query", "SELECT 1"], ["load"]):
        assert "local_cloud up" in laptop.run(*command, code=2).stderr
