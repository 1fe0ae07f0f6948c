"""The stacks of delivery: one stage after another, each with its own role."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from operations.assembly import Assembly
from operations.cost.resource_costs import charges_of
from stacks.application import new_app
from stacks.config import ConfigurationError
from stacks.delivery.application import build_delivery
from stacks.delivery.settings import Delivery
from stacks.delivery.stages import STAGES, Stage
from stacks.environments import ENVIRONMENTS
from tests.template_checks.cdk import checked
from tests.template_checks.explained import assert_explained

TOOLS = "111111111111"
ACCOUNTS = {"dev": "222222222222", "staging": "333333333333", "prod": "444444444444"}
TARGETS = {name: replace(ENVIRONMENTS[name], account=each) for name, each in ACCOUNTS.items()}
NO_ACCOUNTS = {name: replace(each, account=None) for name, each in TARGETS.items()}
# Not what the declaration says: a user changes it.
PIPELINE = Delivery(repository="example/redline", account=TOOLS)
GITHUB = replace(PIPELINE, runner="GitHubActions", account=None)
CHANGES = {"sts:AssumeRole", "cloudformation:DeleteStack"}
PROTECTION = {
    "cloudformation:GetStackPolicy",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateTerminationProtection",
}


@pytest.fixture(scope="module")
def synthesised(tmp_path_factory):
    """Runner -> checked assembly with validated templates."""
    found = {}
    for delivery in (PIPELINE, GITHUB):
        folder = tmp_path_factory.mktemp(delivery.runner)
        app = build_delivery(new_app(folder), delivery, STAGES, TARGETS)
        found[delivery.runner] = checked(app, folder)
    return found


@pytest.fixture(scope="module")
def assembly(synthesised):
    return read(synthesised["CodePipeline"].folder)


def read(folder):
    return Assembly.read(folder, prefix="redline-delivery", region="us-east-1")


def one(assembly, kind):
    (found,) = assembly.resources(kind)
    return found.properties


def role_with(assembly, name):
    """The trust policy and the statements of the role of that name."""
    (role,) = [
        each
        for each in assembly.resources("AWS::IAM::Role")
        if each.properties.get("RoleName") == name
    ]
    granted = [
        statement
        for policy in assembly.resources("AWS::IAM::Policy")
        if policy.stack == role.stack and policy.properties["Roles"] == [{"Ref": role.logical_id}]
        for statement in policy.properties["PolicyDocument"]["Statement"]
    ]
    (trust,) = role.properties["AssumeRolePolicyDocument"]["Statement"]
    return trust, granted


def actions(statements):
    listed = [each["Action"] for each in statements]
    return {name for each in listed for name in ([each] if isinstance(each, str) else each)}


@pytest.mark.parametrize("runner", ["CodePipeline", "GitHubActions"])
def test_the_checks_find_nothing_unexplained(synthesised, runner):
    assert_explained(synthesised[runner])


def test_every_resource_has_a_cost_or_is_free(assembly):
    for stack in assembly.stacks:
        for resource in stack.resources:
            list(charges_of(resource))


def test_the_pipeline_has_the_stages_in_order_after_source_and_update(assembly):
    stages = one(assembly, "AWS::CodePipeline::Pipeline")["Stages"]
    actions = [action for stage in stages for action in stage["Actions"]]
    names = [each["Name"] for each in actions]
    assert names == ["source", "update", *(stage.name for stage in STAGES)]
    (approval,) = [
        each["Name"] for each in actions if each["ActionTypeId"]["Category"] == "Approval"
    ]
    assert names.index(approval) == names.index("prod") - 1 == names.index("review") + 1


def test_the_actions_of_an_environment_concern_one_commit(assembly):
    """A stage has one execution at a time:
    https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
    """
    stages = one(assembly, "AWS::CodePipeline::Pipeline")["Stages"]
    orders = {
        stage["Name"]: {each["Name"]: each.get("RunOrder") for each in stage["Actions"]}
        for stage in stages[2:]
    }
    assert orders == {
        "checks": {"checks": 1},
        "synthesis": {"synthesis": 1},
        "dev": {"dev": 1, "smoke-dev": 2},
        "staging": {"staging": 1, "smoke-staging": 2},
        "prod": {"review": 1, "approval": 2, "prod": 3},
    }


def test_the_pipeline_updates_itself_before_it_delivers(assembly):
    pipeline = one(assembly, "AWS::CodePipeline::Pipeline")
    assert pipeline["RestartExecutionOnUpdate"] is True
    assert pipeline["Stages"][1]["Name"] == "update"
    _, granted = role_with(assembly, "redline-delivery-update")
    assumed = [each["Resource"] for each in granted if each["Action"] == "sts:AssumeRole"]
    assert assumed == [
        [
            f"arn:aws:iam::{TOOLS}:role/cdk-hnb659fds-{kind}-role-{TOOLS}-us-east-1"
            for kind in ("deploy", "file-publishing")
        ]
    ]


@pytest.mark.parametrize("stage", [each for each in STAGES if each.commands], ids=lambda s: s.name)
def test_a_build_may_assume_the_role_of_its_stage_alone(assembly, stage):
    trust, granted = role_with(assembly, f"redline-delivery-{stage.name}")
    assert trust["Principal"] == {"Service": "codebuild.amazonaws.com"}
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"].endswith(
        f":project/redline-delivery-{stage.name}"
    )
    assumed = [each["Resource"] for each in granted if each["Action"] == "sts:AssumeRole"]
    account = ACCOUNTS.get(stage.environment)
    expected = f"arn:aws:iam::{account}:role/redline-delivery-{stage.grant}"
    assert assumed == ([expected] if account else [])


@pytest.mark.parametrize(
    "stage", [each for each in STAGES if each.environment], ids=lambda s: s.name
)
def test_a_role_of_an_environment_trusts_its_stages_alone(assembly, stage):
    trust, _ = role_with(assembly, f"redline-delivery-{stage.grant}")
    assert trust["Principal"] == {"AWS": f"arn:aws:iam::{TOOLS}:root"}
    assert trust["Condition"] == {
        "ArnEquals": {
            "aws:PrincipalArn": [f"arn:aws:iam::{TOOLS}:role/redline-delivery-{stage.name}"]
        }
    }


def test_code_that_is_not_approved_changes_nothing_in_production(assembly):
    """The commands of the review are those of the commit."""
    _, review = role_with(assembly, "redline-delivery-prod-review")
    assert not actions(review) & CHANGES
    assert all(
        name.split(":")[1].startswith(("Describe", "Get", "List")) for name in actions(review)
    )
    _, deploy = role_with(assembly, "redline-delivery-prod-deploy")
    assert actions(deploy) & CHANGES == {"sts:AssumeRole"}  # retained stacks are never deleted


def test_stacks_are_deleted_where_data_are_dispensable(assembly):
    _, deploy = role_with(assembly, "redline-delivery-dev-deploy")
    assert actions(deploy) & CHANGES == CHANGES


@pytest.mark.parametrize("name", ACCOUNTS)
def test_a_deployment_protects_its_stacks(assembly, name):
    """`make deploy` begins and ends with `redline protection`."""
    _, deploy = role_with(assembly, f"redline-delivery-{name}-deploy")
    assert actions(deploy) >= PROTECTION | {"cloudformation:GetTemplate"}
    of_all = [each for each in deploy if each["Resource"] == "*"]
    assert "cloudformation:DescribeStacks" in actions(of_all)
    for access in ("use", "review"):
        named = f"redline-delivery-{name}-{access}"
        if any(stage.grant == f"{name}-{access}" for stage in STAGES):
            assert not actions(role_with(assembly, named)[1]) & PROTECTION


def test_builds_have_an_encrypted_log_that_expires(assembly):
    log = one(assembly, "AWS::Logs::LogGroup")
    assert log["RetentionInDays"] == PIPELINE.log_days
    assert "KmsKeyId" in log
    for project in assembly.resources("AWS::CodeBuild::Project"):
        assert project.properties["LogsConfig"]["CloudWatchLogs"]["Status"] == "ENABLED"
        assert "EncryptionKey" in project.properties


def test_a_build_specification_has_the_commands_of_its_stage(assembly):
    projects = {
        each.properties["Name"]: each for each in assembly.resources("AWS::CodeBuild::Project")
    }
    for stage in STAGES:
        if stage.commands:
            source = projects[f"redline-delivery-{stage.name}"].properties["Source"]
            phases = json.loads(source["BuildSpec"])["phases"]
            assert phases["build"]["commands"] == list(stage.commands)
            assert ("pre_build" in phases) is bool(stage.environment)


@pytest.mark.parametrize("provider", ["GitHub", "GitLab", "Bitbucket"])
def test_the_source_is_a_connection_to_this_repository_alone(tmp_path, provider):
    delivery = replace(PIPELINE, provider=provider)
    build_delivery(new_app(tmp_path), delivery, STAGES[:1], TARGETS).synth()
    found = read(tmp_path)
    assert one(found, "AWS::CodeConnections::Connection")["ProviderType"] == provider
    uses = [
        statement
        for policy in found.resources("AWS::IAM::Policy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Action"] == "codeconnections:UseConnection"
    ]
    repository = {"codeconnections:FullRepositoryId": "example/redline"}
    reading = {**repository, "codeconnections:ProviderPermissionsRequired": "read_only"}
    cloning = {**repository, "codeconnections:ProviderAction": "GitPull"}
    conditions = [use["Condition"] for use in uses]
    # Of the pipeline, of the update and of one stage. A key that is absent allows nothing.
    assert sorted(conditions, key=json.dumps) == [
        {"StringEquals": cloning},
        {"StringEquals": cloning},
        {"StringEquals": reading},
    ]


def test_the_source_may_be_a_repository_of_codecommit(tmp_path):
    delivery = replace(PIPELINE, provider="CodeCommit", repository="redline")
    build_delivery(new_app(tmp_path), delivery, STAGES[:1], TARGETS).synth()
    found = read(tmp_path)
    stages = one(found, "AWS::CodePipeline::Pipeline")["Stages"]
    configuration = stages[0]["Actions"][0]["Configuration"]
    assert configuration["RepositoryName"] == "redline"
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html
    assert configuration["PollForSourceChanges"] == "false"
    rule = one(found, "AWS::Events::Rule")
    assert rule["EventPattern"]["detail"] == {
        "event": ["referenceCreated", "referenceUpdated"],
        "referenceType": ["branch"],
        "referenceName": ["main"],
    }
    (target,) = rule["Targets"]
    (start,) = [
        statement
        for policy in found.resources("AWS::IAM::Policy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if statement["Action"] == "codepipeline:StartPipelineExecution"
    ]
    assert start["Resource"] == target["Arn"]
    assert "redline-delivery" in json.dumps(target["Arn"])


def test_on_github_a_role_trusts_the_jobs_of_one_environment(synthesised):
    found = read(synthesised["GitHubActions"].folder)
    assert {stack.name for stack in found.stacks} == {f"redline-delivery-{n}" for n in ACCOUNTS}
    trust, _ = role_with(found, "redline-delivery-prod-deploy")
    issuer = "token.actions.githubusercontent.com"
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Principal"] == {
        "Federated": f"arn:aws:iam::{ACCOUNTS['prod']}:oidc-provider/{issuer}"
    }
    assert trust["Condition"]["StringEquals"] == {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": "repo:example/redline:environment:prod-deploy",
    }


def test_the_subject_of_a_newer_repository_has_the_numbers_of_github(tmp_path):
    """https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/"""
    delivery = replace(GITHUB, owner_id="123456", repository_id="456789")
    build_delivery(new_app(tmp_path), delivery, STAGES, TARGETS).synth()
    trust, _ = role_with(read(tmp_path), "redline-delivery-dev-use")
    subject = trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    assert subject == "repo:example@123456/redline@456789:environment:dev-use"


@pytest.mark.parametrize(
    ("name", "account", "message"),
    [
        ("prod", TOOLS, "account of prod is '111111111111': allowed is another account than the t"),
        ("prod", ACCOUNTS["dev"], "another account than that of dev, which commits reach before"),
        ("prod", ACCOUNTS["staging"], "another account than that of staging"),
    ],
)
def test_an_environment_after_an_approval_has_its_own_account(tmp_path, name, account, message):
    targets = {**TARGETS, name: replace(TARGETS[name], account=account)}
    with pytest.raises(ConfigurationError, match=message):
        build_delivery(new_app(tmp_path), PIPELINE, STAGES, targets)


def test_environments_before_an_approval_may_share_an_account(tmp_path):
    targets = {**TARGETS, "staging": replace(TARGETS["staging"], account=ACCOUNTS["dev"])}
    build_delivery(new_app(tmp_path), replace(GITHUB, account=ACCOUNTS["prod"]), STAGES, targets)


def test_no_stack_has_the_prefix_of_an_environment(assembly):
    """`make deploy` deletes stacks with that prefix that its app does not contain."""
    for stack in assembly.stacks:
        assert not any(stack.name.startswith(f"redline-{name}-") for name in ENVIRONMENTS)


@pytest.mark.parametrize(
    ("delivery", "environments", "message"),
    [
        (
            replace(PIPELINE, account=None),
            TARGETS,
            "delivery.account is None: allowed is the twelve digits",
        ),
        (PIPELINE, NO_ACCOUNTS, "account of dev is None: allowed is twelve digits"),
        (PIPELINE, {}, "environment of the stage dev is 'dev': allowed is"),
    ],
)
def test_what_is_missing_is_named(tmp_path, delivery, environments, message):
    with pytest.raises(ConfigurationError, match=message):
        build_delivery(new_app(tmp_path), delivery, STAGES, environments)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"repository": "redline"}, "delivery.repository is 'redline': allowed is owner/name"),
        ({"provider": "Gitea"}, "delivery.provider is 'Gitea': allowed is GitHub, GitLab"),
        ({"runner": "Jenkins"}, "delivery.runner is 'Jenkins': allowed is CodePipeline"),
        ({"owner_id": "octocat"}, "delivery.owner_id is 'octocat': allowed is the number"),
        ({"owner_id": "1"}, "delivery.repository_id is None: allowed is a number if"),
        ({"repository_id": "1"}, "delivery.repository_id is '1': allowed is a number if"),
        ({"account": "12"}, "delivery.account is '12': allowed is twelve digits"),
        (
            {"provider": "GitLab", "runner": "GitHubActions"},
            "delivery.provider is 'GitLab': allowed is GitHub where",
        ),
    ],
)
def test_an_invalid_setting_is_explained(changes, message):
    with pytest.raises(ConfigurationError, match=message):
        replace(PIPELINE, **changes)


def test_synthesis_writes_the_same_bytes(synthesised, tmp_path):
    build_delivery(new_app(tmp_path), PIPELINE, STAGES, TARGETS).synth()
    before = synthesised["CodePipeline"].folder
    for path in tmp_path.glob("*.template.json"):
        assert path.read_bytes() == (before / path.name).read_bytes()


def test_a_stage_without_an_environment_has_no_grant():
    assert Stage(name="checks", commands=("make test",)).grant == ""
