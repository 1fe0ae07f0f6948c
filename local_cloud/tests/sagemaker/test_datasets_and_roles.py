"""Processing inputs from Redshift queries, and the permissions that roles need."""

from __future__ import annotations

import json
from dataclasses import asdict
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud import redshift
from local_cloud.sagemaker.jobs import redshift_dataset

NAMES = """
import json, pathlib
host = json.load(open("/opt/ml/config/resourceconfig.json"))["current_host"]
names = sorted(path.name for path in pathlib.Path("/opt/ml/processing/input/data").iterdir())
pathlib.Path("/opt/ml/processing/output/out", host).write_text(json.dumps(names))
"""


@pytest.fixture(scope="module")
def cluster(cloud) -> str:
    cloud.client("redshift").create_cluster(
        ClusterIdentifier="warehouse",
        DBName="sales",
        NodeType="ra3.large",
        ClusterType="single-node",
        MasterUsername="admin",
        MasterUserPassword="Passw0rd!",
    )
    return "warehouse"


def query(workshop, cluster, **more):
    definition = {
        "ClusterId": cluster,
        "Database": "sales",
        "DbUser": "reader",
        "QueryString": "SELECT 1",
        "ClusterRoleArn": workshop.role,
        "OutputS3Uri": workshop.uri("unload/"),
        "OutputFormat": "CSV",
        "OutputCompression": "GZIP",
    }
    dataset_definition = {
        "LocalPath": "/opt/ml/processing/input/data",
        "DataDistributionType": "ShardedByS3Key",
        "InputMode": "File",
        "RedshiftDatasetDefinition": definition | more,
    }
    return {
        "InputName": "data",
        "AppManaged": False,
        "DatasetDefinition": dataset_definition,
    }


@pytest.fixture
def unloaded(workshop, monkeypatch):
    """Replace UNLOAD by a function that writes five objects. Return the requested definitions."""
    asked: list[dict] = []

    def unload(_cloud, asked_dataset):
        asked.append(asdict(asked_dataset))
        return [workshop.put(f"unload/000{part}_part_00", "x") for part in range(5)]

    monkeypatch.setattr(redshift_dataset.redshift, "unload", unload)
    return asked


def test_the_objects_of_a_query_are_sharded_among_the_hosts(workshop, cluster, unloaded):
    request = workshop.processing(
        NAMES,
        inputs=[query(workshop, cluster)],
        outputs={"out": workshop.uri("out")},
        count=3,
    )
    found = workshop.run_processing(request)
    assert found["ProcessingJobStatus"] == "Completed", found
    seen = [json.loads(workshop.text(f"out/algo-{host}")) for host in (1, 2, 3)]
    parts = [f"000{part}_part_00" for part in range(5)]
    assert seen == [parts[0::3], parts[1::3], parts[2::3]]
    role = workshop.role.rpartition("/")[2]
    assert unloaded == [
        {
            "cluster_identifier": "warehouse",
            "database": "sales",
            "db_user": "reader",
            "query": "SELECT 1",
            "s3_uri": workshop.uri("unload/"),
            "role_arn": workshop.role,
            "caller_arn": f"arn:aws:sts::123456789012:assumed-role/{role}/SageMaker",
            "output_format": "CSV",
            "compression": "GZIP",
            "kms_key_id": None,
        }
    ]


def test_a_query_that_fails_ends_the_job_with_the_error_of_the_warehouse(
    workshop, cluster, monkeypatch
):
    def unload(_cloud, _dataset):
        raise redshift.StatementFailed('ERROR: syntax error at or near "SELEC"')

    monkeypatch.setattr(redshift_dataset.redshift, "unload", unload)
    request = workshop.processing(NAMES, inputs=[query(workshop, cluster)])
    reason = workshop.run_processing(request)["FailureReason"]
    assert reason.startswith("ClientError: Redshift UNLOAD failed: ")
    assert 'syntax error at or near "SELEC"' in reason


def test_a_role_without_cluster_credentials_fails_the_job(workshop, cluster, unloaded, role_with):
    allowed = ["s3:*", "logs:*", "redshift-data:*"]
    role = role_with([{"Effect": "Allow", "Action": allowed, "Resource": "*"}])
    request = workshop.processing(NAMES, inputs=[query(workshop, cluster)]) | {"RoleArn": role}
    reason = workshop.run_processing(request)["FailureReason"]
    assert reason.startswith("ClientError: No credentials for the Redshift cluster: ")
    assert unloaded == []


def test_a_role_that_may_not_run_queries_fails_the_job(workshop, cluster, unloaded, role_with):
    role = role_with([{"Effect": "Allow", "Action": ["s3:*", "redshift:*"], "Resource": "*"}])
    request = workshop.processing(NAMES, inputs=[query(workshop, cluster)]) | {"RoleArn": role}
    reason = workshop.run_processing(request)["FailureReason"]
    assert reason.startswith("ClientError: The query cannot be run: ")
    assert "redshift-data:ExecuteStatement" in reason
    assert unloaded == []


def test_a_role_that_may_not_write_fails_the_job_after_its_script(workshop, role_with):
    role = role_with(
        [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "logs:*"], "Resource": "*"}]
    )
    script = 'open("/opt/ml/processing/output/out/x", "w").write("x")'
    request = workshop.processing(script, outputs={"out": workshop.uri("out")})
    reason = workshop.run_processing(request | {"RoleArn": role})["FailureReason"]
    assert reason.startswith(f"ClientError: Data upload failed to {workshop.uri('out/x')}: ")
    assert "s3:PutObject" in reason


@pytest.mark.parametrize(
    ("request_part", "allowed", "missing"),
    [
        ({}, ["s3:*"], "ecr:GetAuthorizationToken"),
        ({}, ["s3:*", "ecr:GetAuthorizationToken"], "ecr:BatchCheckLayerAvailability"),
        ({"network": True}, ["s3:*", "ecr:*"], "ec2:DescribeDhcpOptions"),
        ({"network": True}, ["s3:*", "ecr:*", "ec2:Describe*"], "ec2:CreateNetworkInterface"),
        ({"key": True}, ["s3:*", "ecr:*", "kms:DescribeKey"], "kms:CreateGrant"),
        ({"output key": True}, ["s3:*", "ecr:*", "kms:GenerateDataKey"], "kms:Encrypt"),
    ],
)
def test_a_job_needs_its_role_s_permissions_for_instances(
    cloud, workshop, bare_role, request_part, allowed, missing
):
    role = bare_role([{"Effect": "Allow", "Action": allowed, "Resource": "*"}])
    request = workshop.processing("print()") | {"RoleArn": role}
    if "network" in request_part:
        vpc = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
        request["NetworkConfig"] = {"VpcConfig": vpc}
    if "key" in request_part:
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        request["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] = key
    if "output key" in request_part:
        # https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        request["ProcessingOutputConfig"] = {"Outputs": [], "KmsKeyId": key}
    reason = workshop.run_processing(request)["FailureReason"]
    assert reason.startswith("ClientError: Could not provision the instances: ")
    assert f"not authorized to perform: {missing}" in reason


def test_a_processing_job_rejects_ec2_permissions_for_resources(workshop, bare_role):
    """The policy must not restrict them by conditions or resources.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html, "CreateProcessingJob API:
    Execution Role Permissions"
    """
    scoped = ["arn:aws:ec2:*:*:network-interface/*", "arn:aws:ec2:*:*:subnet/*"]
    scoped.append("arn:aws:ec2:*:*:security-group/*")
    open_actions = ["s3:*", "ecr:*", "ec2:Describe*"]
    role = bare_role(
        [
            {"Effect": "Allow", "Action": open_actions, "Resource": "*"},
            {"Effect": "Allow", "Action": "ec2:*NetworkInterface*", "Resource": scoped},
        ]
    )
    vpc = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    request = workshop.processing("print()") | {"RoleArn": role}
    reason = workshop.run_processing(request | {"NetworkConfig": {"VpcConfig": vpc}})[
        "FailureReason"
    ]
    assert "not authorized to perform: ec2:CreateNetworkInterface" in reason


def test_a_role_that_may_not_log_runs_without_a_log(workshop, role_with):
    role = role_with([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])
    request = workshop.processing('print("x" * 100_000)') | {"RoleArn": role}
    assert workshop.run_processing(request)["ProcessingJobStatus"] == "Completed"


@pytest.mark.parametrize("service", ["lambda.amazonaws.com", None])
def test_a_role_that_sagemaker_cannot_assume_is_refused(workshop, cloud, service):
    name = f"role-{uuid4().hex[:8]}"
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    arn = f"arn:aws:iam::123456789012:role/{name}"
    if service:
        cloud.client("iam").create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
    with pytest.raises(ClientError, match="Could not assume role .*'sagemaker.amazonaws.com'"):
        workshop.sagemaker.create_processing_job(
            ProcessingJobName="refused", **workshop.processing("") | {"RoleArn": arn}
        )
