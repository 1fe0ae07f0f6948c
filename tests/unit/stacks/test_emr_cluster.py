"""A pipeline with EMR steps may use the clusters and applications of its settings and its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.config import ConfigurationError, Pipeline
from tests.application.environments import BASIC, DAILY, ROOT
from tests.synthesis import joined, statements, synthesise

CLUSTER = {"emr_cluster": "j-1ABCDEFGHIJKL"}
ROLE = "arn:aws:iam::123456789012:role/EMR_Service"
NEW = {"emr_service_role": ROLE, "emr_subnet": "subnet-0abc"}
APPLICATION = {"emr_application": "00f1abcd2efgh309"}


def clustered(jobs="running", **settings):
    pipeline = Pipeline(name="emr", schedule=DAILY, options={"jobs": jobs}, **settings)
    return replace(BASIC, pipelines=(pipeline,))


@pytest.fixture(scope="module")
def stack():
    """A function that synthesises the pipeline, once for each set of arguments."""
    made = {}

    def synthesised(jobs, **settings):
        if jobs not in made:
            made[jobs] = synthesise(clustered(jobs, **settings), root=ROOT)
        return made[jobs]

    return synthesised


def allowed(synthesised, role="ExecutionRole"):
    """Return action -> (resources, conditions) of the policy of a role."""
    return {
        action: ([joined(each) for each in statement["Resource"]], statement.get("Condition", {}))
        for name, policy in synthesised.resources("emr", "AWS::IAM::Policy").items()
        if role in name
        for statement in statements(policy)
        for action in statement["Action"]
    }


def test_the_execution_role_adds_steps_to_the_cluster_and_follows_them(stack):
    found = allowed(stack("running", **CLUSTER))
    for name in ("AddJobFlowSteps", "CancelSteps", "DescribeStep"):
        (cluster,), _ = found[f"elasticmapreduce:{name}"]
        assert cluster.endswith(":cluster/j-1ABCDEFGHIJKL")
    assert "elasticmapreduce:RunJobFlow" not in found
    for name in ("DescribeRule", "PutRule", "PutTargets"):
        (rule,), _ = found[f"events:{name}"]
        assert rule.endswith(":rule/SageMakerPipelineExecutionEMRStepStatusUpdateRule")
    properties = stack("running").the("emr", "AWS::SageMaker::Pipeline")
    assert "j-1ABCDEFGHIJKL" in joined(properties["PipelineDefinition"]["PipelineDefinitionBody"])


def test_the_execution_role_creates_clusters_with_its_tags_only(stack):
    """SAR: RunJobFlow has no resource types, and the key aws:RequestTag."""
    found = allowed(stack("new", **NEW))
    resources, conditions = found["elasticmapreduce:RunJobFlow"]
    assert resources == ["*"]
    assert conditions["StringEquals"]["aws:RequestTag/Pipeline"] == "emr"
    (clusters,), conditions = found["elasticmapreduce:TerminateJobFlows"]
    assert clusters.endswith(":cluster/*")
    assert conditions["StringEquals"]["aws:ResourceTag/Pipeline"] == "emr"
    rules, _ = found["events:PutRule"]
    assert all("SageMakerPipelineExecutionEMRCluster" in rule for rule in rules)


def test_the_execution_role_passes_the_roles_of_a_new_cluster(stack):
    roles, conditions = allowed(stack("new", **NEW))["iam:PassRole"]
    assert len(roles) == 2
    assert ROLE in roles
    services = ["ec2.amazonaws.com", "elasticmapreduce.amazonaws.com"]
    assert conditions["StringEquals"]["iam:PassedToService"] == services


def test_the_instances_of_a_new_cluster_have_a_role_of_the_stack(stack):
    made = stack("new", **NEW)
    profile = made.the("emr", "AWS::IAM::InstanceProfile")
    (held,) = profile["Roles"]
    role = made.templates["emr"]["Resources"][held["Ref"]]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ec2.amazonaws.com"}
    found = allowed(made, "EmrClusterRole")
    written, _ = found["s3:PutObject"]
    assert [each.rpartition("/runs/")[2] for each in written] == [
        "emr/*/New/counts/*",
        "emr/*/New/logs/*",
    ]
    assert found["s3:DeleteObject"] == found["s3:PutObject"]
    assert not any(action.startswith(("logs:", "ecr:")) for action in found)


def test_the_execution_role_runs_jobs_of_emr_serverless(stack):
    found = allowed(stack("serverless", **APPLICATION))
    application = "/applications/00f1abcd2efgh309"
    resources, _ = found["emr-serverless:StartJobRun"]
    # A step creates an application, whose ID is not known.
    assert {each.rpartition(":")[2] for each in resources} == {
        *(application, f"{application}/jobruns/*"),
        *("/applications/*", "/applications/*/jobruns/*"),
    }
    assert found["emr-serverless:CreateApplication"][0] == ["*"]
    (role,), conditions = found["iam:PassRole"]
    assert conditions["StringEquals"]["iam:PassedToService"] == "emr-serverless.amazonaws.com"
    job = allowed(stack("serverless"), "EmrServerlessRole")
    assert "s3:GetObject" in job


def test_what_exists_is_listed_for_the_laptop(stack):
    listed = stack("all", **CLUSTER, **NEW, **APPLICATION).templates["emr"]["Metadata"]
    assert [(each["Type"], each["Id"]) for each in listed["ExistingResources"]] == [
        ("AWS::EMR::Cluster", "j-1ABCDEFGHIJKL"),
        ("AWS::EMRServerless::Application", "00f1abcd2efgh309"),
        ("EMR::ServiceRole", "EMR_Service"),
    ]


@pytest.mark.parametrize(
    ("jobs", "settings", "message"),
    [
        ("running", {}, "emr.emr_cluster is ''.*j-"),
        ("serverless", {}, "emr.emr_application is ''.*the ID of an EMR Serverless application"),
        ("new", {"emr_subnet": "subnet-0abc"}, "emr.emr_service_role is ''"),
        ("new", {"emr_service_role": ROLE}, "emr.emr_subnet is ''"),
    ],
)
def test_a_missing_setting_is_refused(jobs, settings, message):
    with pytest.raises(ConfigurationError, match=message):
        synthesise(clustered(jobs, **settings), root=ROOT)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"emr_cluster": "cluster-1"}, "the ID of an EMR cluster"),
        ({"emr_application": "My App"}, "the ID of an application of EMR Serverless"),
        ({"emr_service_role": "EMR_DefaultRole"}, "the ARN of a role"),
        ({"emr_subnet": "net"}, "the ID of a subnet"),
    ],
)
def test_the_form_of_a_setting_is_checked(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        clustered(**settings)
