"""What cdk-nag, cfn-lint and CDK's own validation say of the templates: nothing unexplained."""

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from stacks.application import build_app, new_app
from stacks.environments import DEV, ENVIRONMENTS
from tests.unit.stacks.synthesised import ENVIRONMENT_NAMES, synthesised


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_cdk_nag_finds_nothing_unexplained(name):
    # Before synthesis, while references between stacks still name their resources.
    app = build_app(ENVIRONMENTS[name])
    report = AwsSolutionsChecks(app).validate_scope(app)
    assert [violation.rule_name for violation in report.violations] == []


def test_cdk_nag_does_look():
    app = new_app()
    s3.Bucket(cdk.Stack(app, "Careless"), "Bucket")
    report = AwsSolutionsChecks(app).validate_scope(app)
    assert "AwsSolutions-S10" in [violation.rule_name for violation in report.violations]


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_cfn_lint_finds_nothing_unexplained(name):
    templates = sorted(synthesised(name).folder.glob("*.template.json"))
    child = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--format", "json", *templates],
        capture_output=True,
        text=True,
    )
    findings = [(each["Rule"]["Id"], each["Message"]) for each in json.loads(child.stdout or "[]")]
    assert findings == []
    assert child.returncode == 0, child.stderr


def test_every_exception_has_a_reason(environment):
    key = cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
    reasons = [
        reason
        for construct in environment.app.node.find_all()
        for entry in construct.node.metadata
        if entry.type == key
        for reason in entry.data.values()
    ]
    assert reasons
    assert all(len(reason) > 20 for reason in reasons)


def test_validation_is_strict_before_aws(tmp_path):
    app = build_app(DEV, new_app(tmp_path), validate=True)
    app.synth()


def test_validation_refuses_a_template_that_cloudformation_would(tmp_path):
    app = build_app(DEV, new_app(tmp_path), validate=True)
    cdk.CfnResource(
        cdk.Stack(app, "Wrong"),
        "Queue",
        type="AWS::SQS::Queue",
        properties={"DelaySeconds": "soon"},
    )
    with pytest.raises(RuntimeError, match="DelaySeconds"):
        app.synth()
