"""A pipeline, its roles, its schedule and its alert in the template."""

import dataclasses
import json
import re
from fnmatch import fnmatchcase

import pytest

from pipeline_code.archive import build_archive
from pipeline_code.compiler import compiled, deployed
from tests.application.environments import BASIC, DEMAND, ENVIRONMENTS, FIXED, PROVISIONED, ROOT
from tests.application.synthesised import synthesised
from tests.environment_values import environment_values
from tests.synthesis import joined, statements, synthesise

ROLES = {
    "execution": "RolesExecutionRole",
    "ProcessingRoleArn": "RolesProcessingRole",
    "TrainingRoleArn": "RolesTrainingRole",
    "ModelRoleArn": "RolesModelRole",
}


PROCESSING = "RolesProcessingRole"


def body(environment):
    definition = environment.the("demand", "AWS::SageMaker::Pipeline")["PipelineDefinition"]
    return json.loads(joined(definition["PipelineDefinitionBody"]))


def defaults(environment):
    return {each["Name"]: each["DefaultValue"] for each in body(environment)["Parameters"]}


def values(environment):
    """The values that the environment has put into the definition."""
    return environment_values(compiled("demand", root=ROOT), body(environment))


def granted(environment, role):
    (policy,) = [
        policy
        for name, policy in environment.resources("demand", "AWS::IAM::Policy").items()
        if name.startswith(f"{ROLES[role]}Policy")
    ]
    return statements(policy)


def allowed(environment, role, action):
    """The resources on which a role is allowed an action."""
    return {
        joined(resource)
        for statement in granted(environment, role)
        for pattern in statement["Action"]
        if fnmatchcase(action, pattern)
        for resource in statement["Resource"]
    }


def rule(environment, name):
    (found,) = [
        found["Properties"]
        for logical, found in environment.resources("demand", "AWS::Events::Rule").items()
        if logical.startswith(name)
    ]
    return found


def test_every_parameter_has_a_value(environment):
    assert all("DefaultValue" in each for each in body(environment)["Parameters"])


def test_no_value_of_the_environment_is_left_open(environment):
    assert "Environment." not in json.dumps(body(environment))


def test_the_steps_are_the_same_everywhere_but_for_the_values_of_the_environment(environment):
    steps = deployed(compiled("demand", root=ROOT).body, values(environment))["Steps"]
    assert steps == body(environment)["Steps"]


@pytest.mark.parametrize("name", PROVISIONED)
def test_the_environment_gives_its_own_values(name):
    given = values(synthesised(name))
    assert given["ClusterIdentifier"] == f"redline-{name}"
    assert given["WarehouseRoleArn"].startswith(f"<redline-{name}-warehouse:")
    assert given["LakeBucket"].startswith(f"<redline-{name}-data:")
    assert given["SubnetA"] != given["SubnetB"]
    assert given["TagEnvironment"] == name
    assert given["TagOwner"] == ENVIRONMENTS[name].owner
    assert given["ModelPackageGroupName"] == f"redline-{name}-demand"
    assert ".us-east-1." in given["SklearnImageUri"]
    assert given["CodeKey"] == f"redline-{name}-demand/{given['CodeFile']}"
    assert re.fullmatch(r"[0-9a-f]{64}\.zip", given["CodeFile"])
    assert defaults(synthesised(name))["ModelApprovalStatus"] == "PendingManualApproval"


def test_values_of_the_environment_replace_those_of_the_definition(basic, retained):
    assert defaults(basic)["ProcessingInstanceCount"] == 1
    assert defaults(retained)["ProcessingInstanceCount"] == 2


def test_jobs_read_and_write_their_own_pipelines_files(environment):
    written = allowed(environment, "ProcessingRoleArn", "s3:PutObject")
    assert {path.rsplit(">", 1)[-1] for path in written} == {
        "/kept/demand/*/Baseline/baseline/*",
        "/kept/demand/*/Evaluate/evaluation/*",
        "/runs/demand/*/Preprocess/baseline/*",
        "/runs/demand/*/Preprocess/test/*",
        "/runs/demand/*/Preprocess/train/*",
    }
    read = allowed(environment, "ProcessingRoleArn", "s3:GetObject")
    assert {path.rsplit(">", 1)[-1] for path in read if "cdk-" not in path} == {
        "/runs/demand/*",
        "/kept/demand/*",
        "/unload/demand/*",
    }
    (code,) = [path for path in read if "cdk-" in path]
    assert code.endswith(f"/redline-{environment.environment.name}-demand/*")


def test_a_deployment_of_other_code_leaves_the_permissions_of_running_executions(monkeypatch):
    """An execution keeps its definition, which contains the key of its code archive."""
    only = dataclasses.replace(BASIC, pipelines=(DEMAND,))
    before = synthesise(only, **FIXED)

    def other_archive(name, folder, root):
        archive = build_archive(name, folder, root)
        archive.write_bytes(archive.read_bytes() + b"changed")
        return archive

    monkeypatch.setattr("stacks.pipeline.code_archive.build_archive", other_archive)
    after = synthesise(only, **FIXED)
    assert values(after)["CodeKey"] != values(before)["CodeKey"]
    for kind in ("AWS::IAM::Policy", "AWS::IAM::Role"):
        assert after.resources("demand", kind) == before.resources("demand", kind)


@pytest.mark.parametrize("role", ["TrainingRoleArn", "ModelRoleArn", "execution"])
def test_only_processing_reaches_the_warehouse(environment, role):
    assert not allowed(environment, role, "redshift:GetClusterCredentials")
    user, database = sorted(
        allowed(environment, "ProcessingRoleArn", "redshift:GetClusterCredentials"), reverse=True
    )
    assert user.endswith("/pipeline_reader_demand")
    assert database.endswith("/redline")


def test_models_are_hosted_without_writing(environment):
    assert not allowed(environment, "ModelRoleArn", "s3:PutObject")


def test_roles_are_passed_to_sagemaker_alone(environment):
    (passing,) = [
        statement
        for statement in granted(environment, "execution")
        if statement["Action"] == ["iam:PassRole"]
    ]
    assert len(passing["Resource"]) == 3
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }


def test_a_wildcard_resource_stands_only_where_nothing_else_can(environment):
    known = {
        "ec2:Describe",
        "ecr:GetAuthorizationToken",
        "cloudwatch:PutMetricData",
        "redshift-data:DescribeStatement",
        "redshift-data:GetStatementResult",
        "redshift-data:CancelStatement",
        "redshift-data:ListStatements",
        "sagemaker:SendPipelineExecutionStep",
        "sagemaker:ListModelPackages",
        "sagemaker:ListEndpointConfigs",
        "sagemaker:ListModels",
    }
    for name, resource in environment.everything():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in statements(resource):
                if "*" in statement["Resource"]:
                    # https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
                    may = known | ({"ec2:"} if name.split("/")[1].startswith(PROCESSING) else set())
                    may |= (
                        {"sagemaker:List", "sagemaker:QueryLineage"} if "studio/" in name else set()
                    )
                    for action in statement["Action"]:
                        assert any(action.startswith(each) for each in may), (name, action)


def test_processing_jobs_may_use_any_network_interface_and_other_jobs_those_of_their_subnets(basic):
    """CreateProcessingJob rejects a role whose EC2 permissions have resources or conditions.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    (ec2,) = [
        each
        for each in granted(basic, "ProcessingRoleArn")
        if "ec2:CreateNetworkInterface" in each["Action"]
    ]
    assert (ec2["Resource"], ec2.get("Condition")) == (["*"], None)
    assert "*" not in allowed(basic, "TrainingRoleArn", "ec2:CreateNetworkInterface")


@pytest.mark.parametrize("role", ["ProcessingRoleArn", "TrainingRoleArn"])
def test_jobs_may_encrypt_with_the_key_of_their_outputs(environment, role):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html"""
    (key,) = allowed(environment, role, "kms:Encrypt")
    assert "DataKey" in key


def test_nothing_may_do_everything(environment):
    for name, resource in environment.everything():
        if resource["Type"] == "AWS::IAM::Policy":
            actions = [action for each in statements(resource) for action in each["Action"]]
            assert not [action for action in actions if action.endswith((":*", "*"))], name
        assert "ManagedPolicyArns" not in resource.get("Properties", {}), name


@pytest.mark.parametrize("name", PROVISIONED)
def test_the_schedule_starts_the_pipeline_as_configured(name):
    stack, schedule = synthesised(name), ENVIRONMENTS[name].pipelines[0].schedule
    found = rule(stack, "Schedule")
    assert found["Name"] == f"redline-{name}-demand-schedule"
    assert found["ScheduleExpression"] == schedule.expression
    assert found["State"] == ("ENABLED" if schedule.enabled else "DISABLED")
    (target,) = found["Targets"]
    assert joined(target["Arn"]).endswith(f":pipeline/redline-{name}-demand")
    assert "FailedStarts" in str(target["DeadLetterConfig"]["Arn"])


def test_the_schedules_role_may_start_this_pipeline_alone(environment):
    (policy,) = [
        policy
        for name, policy in environment.resources("demand", "AWS::IAM::Policy").items()
        if name.startswith("Schedule")
    ]
    (statement,) = statements(policy)
    assert statement["Action"] == ["sagemaker:StartPipelineExecution"]
    assert [joined(each) for each in statement["Resource"]] == [
        joined(rule(environment, "Schedule")["Targets"][0]["Arn"])
    ]


def named(environment, kind, name):
    """The properties of the only resource of a type whose logical id starts with a prefix."""
    (found,) = [
        resource["Properties"]
        for logical, resource in environment.resources("demand", kind).items()
        if logical.startswith(name)
    ]
    return found


def admitted(environment, queue, *, sid="FailedDeliveries"):
    """The statement that allows a service to send messages to a queue."""
    policy = named(environment, "AWS::SQS::QueuePolicy", queue)
    (sent,) = [each for each in policy["PolicyDocument"]["Statement"] if each.get("Sid") == sid]
    assert sent["Effect"] == "Allow"
    assert sent["Principal"] == {"Service": "events.amazonaws.com"}
    assert sent["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    return sent


def test_a_failed_start_is_retried_for_an_hour_kept_and_reported(environment):
    (target,) = rule(environment, "Schedule")["Targets"]
    assert target["RetryPolicy"] == {
        "MaximumRetryAttempts": 185,
        "MaximumEventAgeInSeconds": 3600,
    }
    sent = admitted(environment, "ScheduleFailedStarts")
    assert "ScheduleRule" in str(sent["Condition"]["ArnLike"]["aws:SourceArn"])
    alarm = named(environment, "AWS::CloudWatch::Alarm", "ScheduleFailedStarts")
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert "alerts" in str(alarm["AlarmActions"])


def test_a_start_that_the_queue_did_not_receive_raises_an_alarm(environment):
    alarm = named(environment, "AWS::CloudWatch::Alarm", "ScheduleLostStarts")
    assert alarm["Namespace"] == "AWS/Events"
    assert alarm["MetricName"] == "InvocationsFailedToBeSentToDlq"
    (dimension,) = alarm["Dimensions"]
    assert dimension["Name"] == "RuleName"
    assert dimension["Value"]["Ref"].startswith("ScheduleRule")
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)
    assert "alerts" in str(alarm["AlarmActions"])


def test_a_failure_that_was_not_sent_is_kept(environment):
    alarm = named(environment, "AWS::CloudWatch::Alarm", "FailureAlertUntold")
    assert "FailureAlertUntold" in str(alarm["Dimensions"])
    assert "alerts" in str(alarm["AlarmActions"])


@pytest.mark.parametrize(("name", "count"), [("basic", 1), ("internet", 1), ("retained", 0)])
def test_the_registry_is_emptied_only_where_it_is_deleted(name, count):
    emptied = synthesised(name).resources("demand", "Custom::EmptyModelPackageGroup")
    assert len(emptied) == count
    for resource in emptied.values():
        assert resource["Properties"]["ModelPackageGroupName"] == {"Ref": "ModelPackageGroup"}


@pytest.mark.parametrize(
    ("part", "count"), [("demand", 1), ("demand-batch", 1), ("demand-monitor", 0)]
)
def test_models_of_runs_go_before_the_pipeline_that_knows_its_runs(environment, part, count):
    emptied = environment.resources(part, "Custom::EmptyModels")
    assert len(emptied) == count
    for resource in emptied.values():
        assert resource["Properties"]["PipelineName"] == {"Ref": "Pipeline"}
        assert any("ModelsEmptierPolicy" in name for name in resource["DependsOn"])
        (schedule,) = (
            rule
            for rule in environment.resources(part, "AWS::Events::Rule").values()
            if "ScheduleExpression" in rule["Properties"]
        )
        assert set(emptied) <= set(schedule["DependsOn"])


def test_outputs_have_the_names_that_commands_read(environment):
    assert list(environment.templates["demand"]["Outputs"]) == [
        "PipelineName",
        "PipelineArn",
        "ModelPackageGroupName",
        "ScheduleRuleName",
    ]
