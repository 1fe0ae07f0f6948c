"""What cdk-nag, cfn-lint and CDK's own validation say of the templates: nothing unexplained."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from stacks.application import build_app, new_app
from stacks.environments import DEV, ENVIRONMENTS
from tests.serverless import SERVERLESS
from tests.unit.stacks.cfn_lint import cfn_lint
from tests.unit.stacks.unexplained import nag, validation

CHECKED = {**ENVIRONMENTS, "serverless": SERVERLESS}


@pytest.mark.parametrize("name", CHECKED)
def test_cdk_nag_finds_nothing_unexplained(name):
    # Before synthesis, while references between stacks still name their resources.
    assert nag(build_app(CHECKED[name])) == []


def test_cdk_nag_does_look():
    app = new_app()
    s3.Bucket(cdk.Stack(app, "Careless"), "Bucket")
    found = nag(app)
    assert ("AwsSolutions-S10", "Careless/Bucket/Resource") in found
    assert ("NIST.800.53.R5-S3BucketLoggingEnabled", "Careless/Bucket/Resource") in found


def test_cfn_lint_finds_nothing_unexplained(tmp_path, prod):
    # In the other environments, too: test_acknowledgements.py compares all that it finds there.
    build_app(SERVERLESS, new_app(tmp_path)).synth()
    assert cfn_lint([tmp_path, prod.folder]) == []


def test_cfn_lint_does_look(tmp_path):
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Nothing"}}}
    (tmp_path / "wrong.template.json").write_text(json.dumps(template))
    assert ("wrong.template.json", "Queue", "E3005") in cfn_lint([tmp_path])


@pytest.mark.parametrize("name", CHECKED)
def test_validation_finds_nothing_unexplained(name, tmp_path):
    build_app(CHECKED[name], new_app(tmp_path), validate=True).synth()
    assert validation(tmp_path) == []


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
