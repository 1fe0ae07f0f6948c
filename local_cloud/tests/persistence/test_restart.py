"""What a server saved is there after `down` and `up`, and after a kill."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest

from local_cloud.cli import main
from local_cloud.client import connect
from local_cloud.server_lifecycle import start, stop

TEMPLATE = {
    "Resources": {
        "Lake": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": []}}},
        "Cluster": {
            "Type": "AWS::Redshift::Cluster",
            "Properties": {
                "ClusterIdentifier": "kept",
                "ClusterType": "single-node",
                "NodeType": "ra3.large",
                "DBName": "redline",
                "MasterUsername": "admin",
                "ManageMasterPassword": True,
            },
        },
        "Venues": {
            "Type": "AWS::SageMaker::FeatureGroup",
            "Properties": {
                "FeatureGroupName": "venues",
                "RecordIdentifierFeatureName": "venue",
                "EventTimeFeatureName": "seen",
                "FeatureDefinitions": [
                    {"FeatureName": "venue", "FeatureType": "String"},
                    {"FeatureName": "seen", "FeatureType": "String"},
                ],
                "OnlineStoreConfig": {"EnableOnlineStore": True},
            },
        },
    },
    "Outputs": {"Bucket": {"Value": {"Ref": "Lake"}}, "KeyId": {"Value": {"Ref": "Key"}}},
}


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "state"
    yield folder
    stop(folder)


def up(state):
    return start(state=state, port=0, region="us-east-1")


def killed(state):
    os.kill(up(state).pid, signal.SIGKILL)


def stopped(state):
    stop(state)


def statement(cloud, sql):
    data = cloud.client("redshift-data")
    given = {"ClusterIdentifier": "kept", "Database": "redline", "DbUser": "admin"}
    identifier = data.execute_statement(Sql=sql, **given)["Id"]
    while True:
        described = data.describe_statement(Id=identifier)
        if described["Status"] in ("FINISHED", "FAILED", "ABORTED"):
            break
        time.sleep(0.02)
    assert described["Status"] == "FINISHED", described["Error"]
    if not described["HasResultSet"]:
        return None
    records = data.get_statement_result(Id=identifier)["Records"]
    return [[next(iter(field.values())) for field in row] for row in records]


def outputs(cloud):
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName="small")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def registered(cloud):
    """Register a model package. Return its ARN."""
    sagemaker = cloud.client("sagemaker")
    sagemaker.create_model_package_group(ModelPackageGroupName="venues")
    specification = {
        "Containers": [{"Image": "registry.example/sagemaker-xgboost:3.0-5"}],
        "SupportedContentTypes": ["text/csv"],
    }
    return sagemaker.create_model_package(
        ModelPackageGroupName="venues", InferenceSpecification=specification
    )["ModelPackageArn"]


@pytest.mark.parametrize("end", [stopped, killed])
def test_a_stack_its_objects_and_its_rows_survive(state, end):
    up(state)
    cloud = connect(state)
    cloud.client("cloudformation").create_stack(
        StackName="small", TemplateBody=json.dumps(TEMPLATE)
    )
    before = outputs(cloud)
    s3 = cloud.client("s3")
    named = {"Bucket": before["Bucket"], "Key": "folder/object"}
    versions = [
        s3.put_object(**named, Body=body, Metadata={"writer": "test"}, Tagging="kind=row")
        for body in (b"first", b"second")
    ]
    statement(cloud, "create table visits (name varchar(20), total integer)")
    statement(cloud, "insert into visits values ('one', 1), ('two', 2)")
    statement(cloud, "create user reader password disable")
    statement(cloud, "grant select on visits to reader")
    record = [
        {"FeatureName": "venue", "ValueAsString": "1"},
        {"FeatureName": "seen", "ValueAsString": "2024-01-01T00:00:00Z"},
    ]
    records = cloud.client("sagemaker-featurestore-runtime")
    records.put_record(FeatureGroupName="venues", Record=record)
    package = registered(cloud)
    end(state)
    up(state)
    cloud = connect(state)
    assert outputs(cloud) == before
    sagemaker = cloud.client("sagemaker")
    (artifact,) = sagemaker.list_artifacts(SourceUri=package)["ArtifactSummaries"]
    found = sagemaker.query_lineage(StartArns=[artifact["ArtifactArn"]])
    types = sorted(vertex["Type"] for vertex in found["Vertices"])
    assert types == ["Approval", "Image", "Model", "ModelGroup"]
    records = cloud.client("sagemaker-featurestore-runtime")
    venue = {"FeatureGroupName": "venues", "RecordIdentifierValueAsString": "1"}
    assert records.get_record(**venue)["Record"] == record
    s3 = cloud.client("s3")
    for version, body in zip(versions, (b"first", b"second"), strict=True):
        found = s3.get_object(**named, VersionId=version["VersionId"])
        assert (found["Body"].read(), found["ETag"]) == (body, version["ETag"])
        assert found["Metadata"] == {"writer": "test"}
    assert s3.get_object_tagging(**named)["TagSet"] == [{"Key": "kind", "Value": "row"}]
    assert statement(cloud, "select name, total from visits order by total") == [
        ["one", 1],
        ["two", 2],
    ]
    assert statement(cloud, "select has_table_privilege('reader', 'visits', 'select')") == [[True]]
    cloud.client("kms").describe_key(KeyId=before["KeyId"])
    cloud.client("cloudformation").delete_stack(StackName="small")


def test_a_fresh_start_is_empty(state, capsys):
    up(state)
    connect(state).client("s3").create_bucket(Bucket="lost")
    stop(state)
    assert main(["--state", str(state), "up", "--fresh"]) == 0
    assert connect(state).client("s3").list_buckets()["Buckets"] == []
    assert main(["--state", str(state), "up", "--fresh"]) == 2
    assert "is running" in capsys.readouterr().err


def test_clusters_and_applications_of_emr_survive(state):
    up(state)
    cloud = connect(state)
    iam, names = cloud.client("iam"), ("elasticmapreduce", "ec2")
    for name in names:
        service = {"Service": f"{name}.amazonaws.com"}
        trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    iam.create_instance_profile(InstanceProfileName="ec2")
    iam.add_role_to_instance_profile(InstanceProfileName="ec2", RoleName="ec2")
    emr, serverless = cloud.client("emr"), cloud.client("emr-serverless")
    cluster = emr.run_job_flow(
        Name="shared",
        ReleaseLabel="emr-7.12.0",
        Instances={"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True},
        JobFlowRole="ec2",
        ServiceRole="elasticmapreduce",
        Steps=[{"Name": "a", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}],
    )["JobFlowId"]
    application = serverless.create_application(
        releaseLabel="emr-7.12.0", type="SPARK", clientToken="once"
    )["applicationId"]
    killed(state)
    up(state)
    cloud = connect(state)
    emr, serverless = cloud.client("emr"), cloud.client("emr-serverless")
    assert emr.describe_cluster(ClusterId=cluster)["Cluster"]["Name"] == "shared"
    (step,) = emr.list_steps(ClusterId=cluster)["Steps"]
    assert step["Status"]["State"] == "FAILED"
    found = serverless.get_application(applicationId=application)["application"]
    assert found["state"] == "CREATED"
