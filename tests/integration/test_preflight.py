"""`preflight` checks the laptop cloud, with the templates that were deployed to it."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.laptop


def test_the_laptop_cloud_fits_and_what_it_cannot_answer_is_named(laptop):
    app = laptop.state / "cdk.out"
    findings = laptop.json("preflight", "--app", app)
    statuses = {}
    for found in findings:
        statuses.setdefault(found["check"], set()).add(found["status"])
    for check in ("account", "availability zones", "endpoint services", "bootstrap"):
        assert statuses[check] == {"ok"}, check
    unavailable = {
        found["subject"]: found["found"]
        for found in findings
        if found["check"] in ("images", "monthly cost", "quotas")
    }
    assert unavailable.keys() == {"BatchGetImage", "GetProducts", "ListServiceQuotas"}
    assert all("not implemented by the laptop cloud" in text for text in unavailable.values())


def test_a_command_of_exec_returns_its_exit_code(laptop):
    assert laptop.run("exec", sys.executable, "-c", "raise SystemExit(3)", code=3).stdout == ""
