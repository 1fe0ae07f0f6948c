"""The stack of Studio: a private domain, and users who may not approve."""

import os
import subprocess
import zipfile
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from stacks.config import ConfigurationError
from stacks.studio.repository import SCRIPT
from tests.application.environments import FIXED, RETAINED
from tests.application.synthesised import synthesised
from tests.synthesis import joined, statements, synthesise

PIPELINE = "redline-retained-demand"
SAGEMAKER = "arn:aws:sagemaker:us-east-1:<AWS::AccountId>:"


@pytest.fixture(scope="module")
def environment():
    return synthesised("retained")


@pytest.fixture(scope="module")
def allowed(environment):
    """Pairs of action and resource of the role of the users."""
    policies = environment.resources("studio", "AWS::IAM::Policy").items()
    (role,) = [
        name for name in environment.resources("studio", "AWS::IAM::Role") if name[:4] == "Role"
    ]
    return [
        (action, joined(resource))
        for _, policy in policies
        if {"Ref": role} in policy["Properties"]["Roles"]
        for each in statements(policy)
        for action in each["Action"]
        for resource in each["Resource"]
    ]


def may(allowed, action, resource):
    return any(
        fnmatchcase(action, pattern) and fnmatchcase(resource, scope) for pattern, scope in allowed
    )


def test_the_domain_is_private_encrypted_and_has_no_file_system(environment):
    domain = environment.the("studio", "AWS::SageMaker::Domain")
    assert domain["AppNetworkAccessType"] == "VpcOnly"
    assert domain["HomeEfsFileSystemCreation"] == "Disabled"
    assert "DataKey" in str(domain["KmsKeyId"])
    assert len(domain["SubnetIds"]) == 3
    lab = domain["DefaultUserSettings"]["JupyterLabAppSettings"]
    assert lab["AppLifecycleManagement"]["IdleSettings"] == {
        "LifecycleManagement": "ENABLED",
        "IdleTimeoutInMinutes": 90,
        "MaxIdleTimeoutInMinutes": 90,
    }


def test_every_user_has_a_profile(environment):
    found = environment.resources("studio", "AWS::SageMaker::UserProfile").values()
    assert [each["Properties"]["UserProfileName"] for each in found] == ["ada", "grace"]
    assert not [part for part in synthesised("basic").templates if part == "studio"]


def test_the_network_has_the_endpoints_of_studio(environment):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html"""
    found = environment.resources("network", "AWS::EC2::VPCEndpoint").values()
    names = {str(each["Properties"]["ServiceName"]) for each in found}
    assert "aws.sagemaker.us-east-1.studio" in names
    for service in ("sagemaker.api", "sagemaker.runtime", "sts", "logs", "redshift-data"):
        assert f"com.amazonaws.us-east-1.{service}" in names


def test_studio_reaches_only_aws(environment):
    group = environment.the("studio", "AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    rules = environment.resources("studio", "AWS::EC2::SecurityGroupEgress").values()
    ports = {(each["Properties"]["FromPort"], each["Properties"]["ToPort"]) for each in rules}
    assert ports == {(443, 443), (8192, 65535)}
    assert "CidrIp" not in str(list(rules))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sagemaker:StartPipelineExecution", f"pipeline/{PIPELINE}"),
        ("sagemaker:DescribePipelineExecution", f"pipeline/{PIPELINE}/execution/abc"),
        ("sagemaker:ListPipelineExecutionSteps", f"pipeline/{PIPELINE}/execution/abc"),
        ("sagemaker:DescribeModelPackage", f"model-package/{PIPELINE}/3"),
        ("sagemaker:InvokeEndpoint", f"endpoint/{PIPELINE}"),
        ("sagemaker:DescribeTrainingJob", "training-job/pipelines-abc-Train-1"),
        ("sagemaker:DescribeArtifact", "artifact/abc"),
        ("sagemaker:QueryLineage", "artifact/abc"),
    ],
)
def test_a_user_starts_pipelines_and_reads_results(allowed, action, resource):
    assert may(allowed, action, SAGEMAKER + resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sagemaker:UpdateModelPackage", f"{SAGEMAKER}model-package/{PIPELINE}/3"),
        ("sagemaker:CreateModelPackage", f"{SAGEMAKER}model-package-group/{PIPELINE}"),
        ("sagemaker:DeleteModelPackage", f"{SAGEMAKER}model-package/{PIPELINE}/3"),
        ("sagemaker:UpdatePipeline", f"{SAGEMAKER}pipeline/{PIPELINE}"),
        ("sagemaker:UpdateEndpoint", f"{SAGEMAKER}endpoint/{PIPELINE}"),
        ("sagemaker:CreateTrainingJob", f"{SAGEMAKER}training-job/pipelines-abc-Train-1"),
        ("sagemaker:StartPipelineExecution", f"{SAGEMAKER}pipeline/redline-prod-demand"),
        ("iam:PassRole", "arn:aws:iam::1:role/any"),
        ("sts:AssumeRole", "arn:aws:iam::1:role/any"),
        ("redshift:GetClusterCredentials", "arn:aws:redshift:us-east-1:1:dbuser:a/administrator"),
    ],
)
def test_a_user_approves_and_changes_nothing(allowed, action, resource):
    assert not may(allowed, action, resource)


def test_a_user_queries_the_warehouse_only_as_a_reader(allowed):
    credentials = [scope for action, scope in allowed if action == "redshift:GetClusterCredentials"]
    assert {each.rpartition(":")[2] for each in credentials} == {
        "redline-retained/pipeline_reader",
        "redline-retained/redline",
    }


def test_a_user_reads_results_and_no_rows(allowed):
    objects = {scope.partition("/")[2] for action, scope in allowed if action == "s3:GetObject"}
    (code,) = {each for each in objects if each.endswith(".zip")}
    assert objects - {code} == {"kept/*", "reports/*", "runs/*"}


def test_a_user_changes_only_own_spaces(environment):
    policies = environment.resources("studio", "AWS::IAM::Policy").values()
    found = [
        each
        for policy in policies
        for each in statements(policy)
        if {"sagemaker:CreateApp", "sagemaker:CreateSpace"} & set(each["Action"])
    ]
    assert len(found) == 2
    for each in found:
        owner = joined(each["Condition"]["ArnLike"]["sagemaker:OwnerUserProfileArn"])
        assert owner.endswith("/${sagemaker:DomainId}/${sagemaker:UserProfileName}")


def test_content_is_deleted_before_profiles_and_domain(environment):
    (emptied,) = environment.resources("studio", "Custom::EmptyDomain").values()
    profiles = environment.resources("studio", "AWS::SageMaker::UserProfile")
    assert set(profiles) <= set(emptied["DependsOn"])
    assert emptied["Properties"]["UserProfiles"] == ["ada", "grace"]


def test_the_script_copies_the_repository_once_and_installs_its_wheels(tmp_path):
    """It runs at each start of JupyterLab, and overwrites nothing that the user has changed."""
    archive, programs, home = tmp_path / "r.zip", tmp_path / "bin", tmp_path / "home"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("operations/cli.py", "original")
        opened.writestr("wheels/requirements.txt", "")
    home.mkdir()
    programs.mkdir()
    aws = programs / "aws"
    aws.write_text(f'#!/bin/sh\n[ "$4" = s3://bucket/key.zip ] && cp {archive} "$5"\n')
    aws.chmod(0o755)
    script = SCRIPT.format(version="abc", bucket="bucket", key="key.zip").replace(
        "/tmp/redline.zip", str(tmp_path / "copied.zip")
    )
    variables = {"HOME": str(home), "PATH": f"{programs}:{os.environ['PATH']}"}
    for _ in range(2):
        subprocess.run(["bash", "-c", script], env=variables, check=True, timeout=120)
        code = home / "redline-abc" / "operations" / "cli.py"
        assert code.read_text() in ("original", "changed")
        code.write_text("changed")
    assert code.read_text() == "changed"
    assert (home / "redline-abc" / "install.log").exists()


def test_a_folder_without_wheels_is_refused():
    studio = replace(RETAINED.studio, wheels="tests/application")
    with pytest.raises(ConfigurationError, match=r"studio\.wheels is 'tests/application'"):
        synthesise(replace(RETAINED, studio=studio, pipelines=()), **FIXED)
