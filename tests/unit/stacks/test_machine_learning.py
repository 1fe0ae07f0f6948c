"""Redshift ML in the templates: a role and a bucket of its own, only where it is enabled."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stacks.application import build_app, new_app
from tests.application.environments import BASIC, ENVIRONMENTS, FIXED
from tests.application.synthesised import synthesised
from tests.template_checks.cdk import nag


@pytest.fixture(scope="module")
def enabled(tmp_path_factory):
    """The app of an environment with Redshift ML, and its templates by name of the stack."""
    folder = tmp_path_factory.mktemp("app")
    warehouse = replace(BASIC.warehouse, machine_learning=True)
    app = build_app(replace(BASIC, warehouse=warehouse, pipelines=()), new_app(folder), **FIXED)
    app.synth()
    return app, {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in folder.glob("*.template.json")
    }


def role_and_policies(template):
    """Return the logical id of the role of Redshift ML, and the statements of its policies."""
    resources = template["Resources"]
    (name,) = [
        name
        for name, each in resources.items()
        if each["Type"] == "AWS::IAM::Role" and name.startswith("MachineLearningRole")
    ]
    return name, [
        statement
        for each in resources.values()
        if each["Type"] == "AWS::IAM::Policy" and {"Ref": name} in each["Properties"]["Roles"]
        for statement in each["Properties"]["PolicyDocument"]["Statement"]
    ]


def test_the_role_trains_only_jobs_of_redshift_and_writes_only_to_its_bucket(enabled):
    template = enabled[1]["redline-basic-warehouse"]
    name, policies = role_and_policies(template)
    cluster = next(
        each for each in template["Resources"].values() if each["Type"] == "AWS::Redshift::Cluster"
    )

    assert {"Fn::GetAtt": [name, "Arn"]} in cluster["Properties"]["IamRoles"]
    assert len(cluster["Properties"]["IamRoles"]) == 2
    writes = [each for each in policies if "s3:PutObject" in each["Action"]]
    assert "MachineLearningBucket" in json.dumps([each["Resource"] for each in writes])
    assert "Lake" not in json.dumps([each["Resource"] for each in writes])
    training = next(each for each in policies if "sagemaker:CreateTrainingJob" in each["Action"])
    assert ":training-job/*redshift*" in json.dumps(training["Resource"])
    passing = next(each for each in policies if each["Action"] == "iam:PassRole")
    assert passing["Resource"] == {"Fn::GetAtt": [name, "Arn"]}
    assert passing["Condition"]["StringEquals"]["iam:PassedToService"] == "sagemaker.amazonaws.com"


def test_grants_of_the_key_and_metrics_are_limited(enabled):
    _, policies = role_and_policies(enabled[1]["redline-basic-warehouse"])
    conditions = {
        each["Action"]: each.get("Condition")
        for each in policies
        if isinstance(each["Action"], str)
    }
    assert conditions["kms:CreateGrant"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert conditions["cloudwatch:PutMetricData"] == {
        "StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}
    }
    several = [
        action for each in policies if isinstance(each["Action"], list) for action in each["Action"]
    ]
    assert not {"kms:CreateGrant", "cloudwatch:PutMetricData"} & set(several)


def test_redshift_and_sagemaker_assume_the_role(enabled):
    template = enabled[1]["redline-basic-warehouse"]
    name, _ = role_and_policies(template)
    trust = template["Resources"][name]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    services = {each["Principal"]["Service"]: json.dumps(each["Condition"]) for each in trust}

    assert set(services) == {"redshift.amazonaws.com", "sagemaker.amazonaws.com"}
    assert "dbuser:redline-basic/*" in services["redshift.amazonaws.com"]
    assert "aws:SourceAccount" in services["sagemaker.amazonaws.com"]


def test_the_traffic_of_the_warehouse_to_sagemaker_stays_in_the_vpc(enabled):
    network = json.dumps(enabled[1]["redline-basic-network"])
    assert "sagemaker.api" in network
    assert "sagemaker.runtime" in network


def test_the_checks_find_nothing(enabled):
    assert [each for each in nag(enabled[0]) if "MachineLearning" in each[1]] == []


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_other_environments_have_none_of_it(name):
    template = synthesised(name).templates["warehouse"]
    assert "MachineLearning" not in json.dumps(template)
