"""The checks detect errors. tests/declared contains their findings on templates."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from stacks.application import build_app, new_app
from tests.application.environments import BASIC, FIXED
from tests.template_checks.cdk import nag
from tests.template_checks.cfn_lint import cfn_lint


def test_cdk_nag_does_look():
    app = new_app()
    s3.Bucket(cdk.Stack(app, "Careless"), "Bucket")
    found = nag(app)
    assert ("AwsSolutions-S10", "Careless/Bucket/Resource") in found
    assert ("NIST.800.53.R5-S3BucketLoggingEnabled", "Careless/Bucket/Resource") in found


def test_cfn_lint_does_look(tmp_path):
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Nothing"}}}
    (tmp_path / "wrong.template.json").write_text(json.dumps(template))
    assert ("wrong.template.json", "Queue", "E3005") in cfn_lint([tmp_path])


def test_validation_refuses_a_template_that_cloudformation_would(tmp_path):
    app = build_app(BASIC, new_app(tmp_path), **FIXED, validate=True)
    cdk.CfnResource(
        cdk.Stack(app, "Wrong"),
        "Queue",
        type="AWS::SQS::Queue",
        properties={"DelaySeconds": "soon"},
    )
    with pytest.raises(RuntimeError, match="DelaySeconds"):
        app.synth()
