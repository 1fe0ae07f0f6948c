"""Protection of stacks: set after a deployment, enforced by CloudFormation, lifted by a command."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_cloud.server import running
from operations import OperationError
from operations.assembly import Assembly
from operations.commands import protection
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account
from operations.preflight.checks import own_resources, protected_pipelines
from stacks.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised

STACK = "redline-dev-tickit"


def template(display, *, bucket="redline-lake", policy=None):
    """A stack with a topic in the place of a protected pipeline."""
    return {
        "Metadata": {"StackPolicy": policy or POLICY},
        "Resources": {
            "Pipeline": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": display}},
            "Lake": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}},
        },
    }


def retained_policy():
    (found,) = [
        each["Metadata"]["StackPolicy"]
        for part, each in synthesised("retained").templates.items()
        if part == "demand"
    ]
    return found


POLICY = retained_policy()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def aws(cloud):
    return EnvironmentClients.of(ENVIRONMENTS["dev"], cloud.client)


@pytest.fixture
def app(tmp_path):
    """Return a function that writes the assembly with one template."""
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "t.json", "terminationProtection": True},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {STACK: artifact}}))

    def write(document):
        (tmp_path / "t.json").write_text(json.dumps(document))
        return tmp_path

    return write


@pytest.fixture
def deployed(aws, app):
    """A deployed and protected stack."""
    client = aws.clients("cloudformation")
    client.create_stack(StackName=STACK, TemplateBody=json.dumps(template("one")))
    assert protection.run(aws, "set", app=app(template("one"))) == 0
    yield client
    protection.run(aws, "lift", "all")
    client.delete_stack(StackName=STACK)


def update(client, document):
    client.update_stack(StackName=STACK, TemplateBody=json.dumps(document))
    (shown,) = client.describe_stacks(StackName=STACK)["Stacks"]
    return shown["StackStatus"]


def test_a_deployment_that_skips_every_check_is_still_refused(deployed):
    assert update(deployed, template("two")) == "UPDATE_ROLLBACK_COMPLETE"
    # The new template has no protection: the policy of the deployed stack counts.
    assert update(deployed, {"Resources": template("two")["Resources"]}) == (
        "UPDATE_ROLLBACK_COMPLETE"
    )
    assert update(deployed, template("one", bucket="redline-other")) == "UPDATE_ROLLBACK_COMPLETE"
    with pytest.raises(ClientError, match="TerminationProtection"):
        deployed.delete_stack(StackName=STACK)


def test_the_check_before_a_deployment_names_the_pipeline_and_what_to_do(
    deployed, aws, app, capsys
):
    unprotected = {"Resources": template("two")["Resources"]}
    assert protection.run(aws, "check-deploy", app=app(unprotected)) == 1
    assert "tickit is protected" in capsys.readouterr().out
    needs = Assembly.read(app(unprotected), prefix=aws.prefix, region=aws.region)
    (finding,) = protected_pipelines.CHECK.findings(Account(aws, needs))
    assert (finding.subject, finding.status) == ("tickit", "fails")
    assert "make deploy ENV=dev CHANGE=tickit" in finding.remedy
    assert protection.run(aws, "check-deploy", app=app(template("one"))) == 0


def test_a_change_is_allowed_after_lift_and_refused_again_after_set(deployed, aws, app, capsys):
    assert protection.run(aws, "lift", "tickit") == 0
    assert protection.run(aws, "check-deploy", app=app(template("two"))) == 0
    assert update(deployed, template("two")) == "UPDATE_COMPLETE"
    assert protection.run(aws, "set", app=app(template("two"))) == 0
    assert protection.run(aws, "set", app=app(template("two"))) == 0
    assert "No protection to change" in capsys.readouterr().out
    assert update(deployed, template("three")) == "UPDATE_ROLLBACK_COMPLETE"


def test_destroy_says_how_to_end_the_protection(deployed, aws, capsys):
    assert protection.run(aws, "check-destroy") == 1
    assert "`redline --env dev protection lift all`" in capsys.readouterr().out
    protection.run(aws, "show")
    shown = capsys.readouterr().out
    assert "tickit: cannot be deleted; Pipeline cannot be changed" in shown
    protection.run(aws, "lift", "all")
    assert protection.run(aws, "check-destroy") == 0


def test_a_stack_that_does_not_exist_is_refused(deployed, aws):
    with pytest.raises(OperationError, match="STACK is 'census': allowed is all, tickit"):
        protection.run(aws, "lift", "census")
    with pytest.raises(OperationError, match="allowed is a stack, or all, after `lift` only"):
        protection.run(aws, "lift")


def existing_instead(kind="AWS::S3::Bucket"):
    """The template with an existing bucket in the place of the own one."""
    listed = [{"Type": kind, "Id": "analytics-lake", "Properties": {}}]
    resources = {"Pipeline": template("one")["Resources"]["Pipeline"]}
    return {"Metadata": {"ExistingResources": listed}, "Resources": resources}


@pytest.fixture
def unprotected(aws):
    """A deployed stack of an environment that does not retain its data: it has no policy."""
    client = aws.clients("cloudformation")
    client.create_stack(StackName=STACK, TemplateBody=json.dumps(template("one")))
    yield client
    client.delete_stack(StackName=STACK)


def test_an_existing_resource_does_not_replace_an_own_one_by_mistake(unprotected, aws, app, capsys):
    folder = app(existing_instead())
    assert protection.run(aws, "check-deploy", app=folder) == 1
    printed = capsys.readouterr().out
    assert "Nothing was deployed: it would delete redline-lake (AWS::S3::Bucket)" in printed
    assert "declare a second environment" in printed
    assert "`make deploy ENV=dev CHANGE=tickit`" in printed
    needs = Assembly.read(folder, prefix=aws.prefix, region=aws.region)
    (finding,) = own_resources.CHECK.findings(Account(aws, needs))
    assert (finding.subject, finding.status) == ("redline-lake", "fails")
    assert protection.run(aws, "lift", "tickit") == 0
    assert protection.run(aws, "check-deploy", app=folder) == 0


def test_existing_resources_beside_own_ones_are_allowed(unprotected, aws, app):
    assert protection.run(aws, "check-deploy", app=app(existing_instead("AWS::EC2::VPC"))) == 0
    beside = {**existing_instead(), "Resources": template("one")["Resources"]}
    assert protection.run(aws, "check-deploy", app=app(beside)) == 0
