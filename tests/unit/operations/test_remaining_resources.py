"""The command `left`, tested against the services of a laptop cloud."""

from __future__ import annotations

import json

import pytest

from local_cloud.server import running
from operations import cli as command
from operations.commands.left import remaining_resources
from operations.environment_clients import EnvironmentClients
from stacks.declared_environments import environment_named

RETAINED = {"DeletionPolicy": "RetainExceptOnCreate"}
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
KEY = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY}}
BUCKET = {"Type": "AWS::S3::Bucket"}
GROUP = {
    "Type": "AWS::SageMaker::ModelPackageGroup",
    "Properties": {"ModelPackageGroupName": "redline-dev-tickit"},
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def aws(cloud):
    return EnvironmentClients.of(environment_named("dev"), cloud.client)


@pytest.fixture
def deleted(cloud):
    """Create and delete a stack. Return the physical ids of its resources."""
    client = cloud.client("cloudformation")

    def create_and_delete(name, **resources):
        client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
        listed = client.list_stack_resources(StackName=name)["StackResourceSummaries"]
        client.delete_stack(StackName=name)
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed}

    return create_and_delete


def named(aws, name):
    """Return the listed resources with this name."""
    return [each for each in remaining_resources(aws) if each.name == name]


def test_a_retained_resource_is_listed_until_it_is_deleted(cloud, aws, deleted):
    ids = deleted("redline-dev-data", Lake=BUCKET | RETAINED, Logs=BUCKET, Key=KEY | RETAINED)
    cloud.client("s3").put_object(Bucket=ids["Lake"], Key="a", Body=b"x")
    (lake,) = named(aws, ids["Lake"])
    assert (lake.reason, lake.stack, lake.logical_id) == ("retained", "redline-dev-data", "Lake")
    assert lake.note == "object versions: 1"
    assert named(aws, ids["Logs"]) == []
    assert [each.reason for each in named(aws, ids["Key"])] == ["retained"]
    cloud.client("s3").delete_object(Bucket=ids["Lake"], Key="a")
    cloud.client("s3").delete_bucket(Bucket=ids["Lake"])
    assert named(aws, ids["Lake"]) == []


def test_a_key_pending_deletion_is_listed_with_its_deletion_date(aws, deleted):
    (key,) = named(aws, deleted("redline-dev-keys", Key=KEY)["Key"])
    assert key.reason == "pending deletion"
    assert key.note.startswith("deleted on 2")


def test_a_retained_package_group_is_listed_with_the_number_of_packages(cloud, aws, deleted):
    (arn,) = deleted("redline-dev-tickit", Group=GROUP | RETAINED).values()
    cloud.client("sagemaker").create_model_package(
        ModelPackageGroupName="redline-dev-tickit",
        InferenceSpecification={
            "Containers": [{"Image": "image"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    (group,) = named(aws, arn)
    assert group.note == "model packages: 1"


def test_a_resource_type_without_a_lookup_is_listed_as_not_verified(aws, deleted):
    (topic,) = deleted("redline-dev-odd", Topic={"Type": "AWS::SNS::Topic"} | RETAINED).values()
    assert [each.note for each in named(aws, topic)] == ["its existence was not verified"]


def test_other_environments_are_not_listed(aws, deleted):
    (bucket,) = deleted("redline-staging-data", Lake=BUCKET | RETAINED).values()
    (other,) = deleted("redline-develop-data", Lake=BUCKET | RETAINED).values()
    assert named(aws, bucket) == named(aws, other) == []


def test_models_of_executions_are_found_by_their_tags(cloud, aws):
    sagemaker = cloud.client("sagemaker")
    role = cloud.client("iam").create_role(
        RoleName="model", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    for name, environment in (("pipelines-a-Model-1", "dev"), ("pipelines-b-Model-2", "prod")):
        sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=role,
            Tags=[
                {"Key": "Project", "Value": "redline"},
                {"Key": "Environment", "Value": environment},
                {"Key": "Pipeline", "Value": "tickit-batch"},
            ],
        )
    assert [each.note for each in named(aws, "pipelines-a-Model-1")] == [
        "created by an execution of tickit-batch"
    ]
    assert named(aws, "pipelines-b-Model-2") == []


def test_snapshots_logs_and_alarms_outside_the_stacks_are_listed(cloud, aws):
    redshift = cloud.client("redshift")
    redshift.create_cluster(
        ClusterIdentifier="redline-dev",
        NodeType="ra3.large",
        MasterUsername="admin",
        MasterUserPassword="Passw0rd",
    )
    redshift.delete_cluster(
        ClusterIdentifier="redline-dev",
        SkipFinalClusterSnapshot=False,
        FinalClusterSnapshotIdentifier="the-last-one",
    )
    group = "/aws/sagemaker/Endpoints/redline-dev-tickit"
    deliveries = "sns/us-east-1/123456789012/redline-dev-alerts-Topic"
    for name in (group, deliveries, "sns/us-east-1/123456789012/redline-staging-alerts-Topic"):
        cloud.client("logs").create_log_group(logGroupName=name)
    of_scaling = "TargetTracking-endpoint/redline-dev-tickit/variant/AllTraffic-high"
    of_deployment = "redline-dev-tickit-v2-0a1b2c3d-errors"
    for alarm in (of_scaling, of_deployment):
        cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=alarm,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            MetricName="M",
            Namespace="N",
            Period=60,
            Statistic="Sum",
            Threshold=1,
        )
    found = {each.name: each.reason for each in remaining_resources(aws)}
    assert found["the-last-one"] == "retained"
    assert found[group] == found[deliveries] == "created by executions"
    assert found[of_scaling] == found[of_deployment] == "created by executions"
    assert not any("redline-staging-alerts-Topic" in name for name in found)


@pytest.fixture
def run(cloud, use_variables, capsys):
    """Run the command against the laptop cloud. Return its exit code and output."""

    def run(*arguments):
        use_variables(cloud.environment())
        code = command.main(list(arguments))
        return code, capsys.readouterr()

    return run


def test_an_environment_that_was_never_deployed_has_only_shared_resources(run):
    code, printed = run("--env", "local", "left", "--json")
    assert code == 0
    assert {each["reason"] for each in json.loads(printed.out)} <= {"shared"}


def test_a_stack_that_still_exists_is_listed_first_and_fails_the_command(cloud, run):
    client = cloud.client("cloudformation")
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    client.create_stack(StackName="redline-staging-alerts", TemplateBody=body)
    code, printed = run("--env", "staging", "left")
    assert code == 1
    assert printed.out.splitlines()[2:4] == [
        "not deleted:",
        "  CloudFormation::Stack  redline-staging-alerts (CREATE_COMPLETE)",
    ]


def test_an_unknown_environment_is_refused(run):
    code, printed = run("--env", "nowhere", "left")
    assert code == 2
    assert "'nowhere'" in printed.err
