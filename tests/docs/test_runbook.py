"""docs/runbook.md has a section for each alarm of the templates, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "runbook.md").read_text()
LINK = re.compile(r"\. Runbook: docs/runbook\.md#([a-z-]+)$")
# Of an alarm that an option of a pipeline adds: the section, and the test that it is named.
OF_OPTIONS = {
    "bias-drift": "tests/pipelines/tickit_monitor/test_alarms_of_tickit_monitor.py",
    "feature-function-fails": "tests/unit/stacks/test_feature_store.py",
    "unwritten-features": "tests/unit/stacks/test_feature_store.py",
}
SECTIONS = re.findall(r"^## (\S+)$", PAGE, re.MULTILINE)


def alarms():
    """The descriptions of all alarms, by environment and logical id."""
    return {
        f"{name} {logical}": resource["Properties"]["AlarmDescription"]
        for name in ENVIRONMENTS
        for logical, resource in synthesised(name).everything()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def test_each_alarm_names_its_section():
    found = alarms()
    assert found
    assert [name for name, text in found.items() if not LINK.search(text)] == []
    assert {LINK.search(text)[1] for text in found.values()} <= set(SECTIONS)


def test_each_section_belongs_to_an_alarm():
    named = {LINK.search(text)[1] for text in alarms().values()}
    assert set(SECTIONS) - named == set(OF_OPTIONS)
