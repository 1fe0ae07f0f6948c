"""The commands that set the laptop cloud up are repeated."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.laptop


def test_up_and_deploy_twice_change_nothing(laptop, first_run):
    laptop.run("up")
    laptop.run("deploy", "local")
    executions = {run["execution_id"] for run in laptop.json("runs", "--limit", "1000")}
    assert first_run["execution_id"] in executions
