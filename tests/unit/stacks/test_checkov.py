"""Every explanation in the templates for checkov is needed."""

import json

import pytest

from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised
from tests.template_checks.checkov import checkov, failed, needs_checkov, templates
from tests.unit.stacks.unexplained import in_metadata, unexplained

pytestmark = [needs_checkov, pytest.mark.slow]


def test_each_acknowledgement_answers_one_finding(tmp_path):
    taken = in_metadata([synthesised(name).folder for name in ENVIRONMENTS], "checkov")
    bare = templates(unexplained(name).folder for name in ENVIRONMENTS)
    assert failed(checkov(bare, tmp_path)) == taken


def test_checkov_does_look(tmp_path):
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}}}
    path = tmp_path / "careless.template.json"
    path.write_text(json.dumps(template))
    (tmp_path / "copies").mkdir()
    assert failed(checkov([path], tmp_path / "copies")) == [
        ("careless.template.json", "Queue", "CKV_AWS_27")
    ]
