"""Clusters, their subnet and parameter groups, and their snapshots."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

NAME = {"ClusterIdentifier": "life"}
SECRET = "Not-a-secret-1"
ROLES = [f"arn:aws:iam::123456789012:role/{name}" for name in ("first", "second")]


@contextmanager
def created(aws):
    """Create a cluster, which is deleted at the end."""
    redshift = aws.client("redshift")
    redshift.create_cluster(
        **NAME,
        ClusterType="multi-node",
        NumberOfNodes=2,
        NodeType="ra3.large",
        DBName="life",
        MasterUsername="admin",
        MasterUserPassword=SECRET,
    )
    yield redshift
    redshift.delete_cluster(**NAME, SkipFinalClusterSnapshot=True)


def _shown(redshift):
    return redshift.describe_clusters(**NAME)["Clusters"][0]


def cluster(aws):
    with created(aws) as redshift:
        redshift.modify_cluster(**NAME, PreferredMaintenanceWindow="sun:03:00-sun:04:00")
        assert _shown(redshift)["PreferredMaintenanceWindow"] == "sun:03:00-sun:04:00"
        redshift.modify_cluster_iam_roles(**NAME, AddIamRoles=ROLES)
        redshift.modify_cluster_iam_roles(**NAME, RemoveIamRoles=ROLES[:1])
        assert [each["IamRoleArn"] for each in _shown(redshift)["IamRoles"]] == ROLES[1:]
        redshift.pause_cluster(**NAME)
        assert _shown(redshift)["ClusterStatus"] == "paused"
        redshift.resume_cluster(**NAME)
        assert _shown(redshift)["ClusterStatus"] == "available"
        redshift.reboot_cluster(**NAME)
        aws.until(lambda: _shown(redshift)["ClusterStatus"] == "available")
        redshift.resize_cluster(**NAME, NumberOfNodes=4)
        aws.until(lambda: _shown(redshift)["ClusterStatus"] == "available")
        assert _shown(redshift)["NumberOfNodes"] == 4
        _log(aws, redshift)
        made = redshift.get_cluster_credentials(**NAME, DbUser="reader", AutoCreate=True)
        assert made["DbUser"] == "IAMA:reader"
        assert aws.rows("SELECT count(*) FROM pg_user WHERE usename = 'reader'") == [[1]]
        _tag(aws, redshift)
    with pytest.raises(redshift.exceptions.ClusterNotFoundFault):
        _shown(redshift)


def _log(aws, redshift):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="life-audit")
    allow = {"Effect": "Allow", "Principal": {"Service": "redshift.amazonaws.com"}}
    allow |= {"Action": ["s3:PutObject", "s3:GetBucketAcl"]}
    allow |= {"Resource": ["arn:aws:s3:::life-audit", "arn:aws:s3:::life-audit/*"]}
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    s3.put_bucket_policy(Bucket="life-audit", Policy=json.dumps(policy))
    redshift.enable_logging(**NAME, BucketName="life-audit", S3KeyPrefix="a/")
    assert redshift.describe_logging_status(**NAME)["LoggingEnabled"]
    redshift.disable_logging(**NAME)
    assert not redshift.describe_logging_status(**NAME)["LoggingEnabled"]
    s3.delete_bucket(Bucket="life-audit")


def _tag(aws, redshift):
    name = {"ResourceName": f"arn:aws:redshift:{aws.region}:{aws.account}:cluster:life"}
    redshift.create_tags(**name, Tags=[{"Key": "team", "Value": "a"}])
    (found,) = redshift.describe_tags(**name)["TaggedResources"]
    assert found["Tag"] == {"Key": "team", "Value": "a"}
    redshift.delete_tags(**name, TagKeys=["team"])
    assert redshift.describe_tags(**name)["TaggedResources"] == []


def cluster_group(aws):
    redshift, ec2 = aws.client("redshift"), aws.client("ec2")
    group = {"ParameterGroupName": "life"}
    redshift.create_cluster_parameter_group(
        **group, ParameterGroupFamily="redshift-2.0", Description="a"
    )
    (found,) = redshift.describe_cluster_parameter_groups(**group)["ParameterGroups"]
    assert found["ParameterGroupFamily"] == "redshift-2.0"
    shown = redshift.describe_cluster_parameters(**group)["Parameters"]
    assert "require_ssl" in [each["ParameterName"] for each in shown]
    redshift.delete_cluster_parameter_group(**group)
    with pytest.raises(redshift.exceptions.ClusterParameterGroupNotFoundFault):
        redshift.describe_cluster_parameter_groups(**group)

    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = {"ClusterSubnetGroupName": "life"}
    redshift.create_cluster_subnet_group(**group, Description="a", SubnetIds=[subnet])
    (found,) = redshift.describe_cluster_subnet_groups(**group)["ClusterSubnetGroups"]
    assert found["VpcId"] == vpc
    redshift.delete_cluster_subnet_group(**group)
    with pytest.raises(redshift.exceptions.ClusterSubnetGroupNotFoundFault):
        redshift.describe_cluster_subnet_groups(**group)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def snapshot(aws):
    with created(aws) as redshift:
        redshift.create_cluster_snapshot(**NAME, SnapshotIdentifier="kept")
        (found,) = redshift.describe_cluster_snapshots(SnapshotIdentifier="kept")["Snapshots"]
        assert found["ClusterIdentifier"] == "life"
        redshift.delete_cluster_snapshot(SnapshotIdentifier="kept")
        with pytest.raises(redshift.exceptions.ClusterSnapshotNotFoundFault):
            redshift.describe_cluster_snapshots(SnapshotIdentifier="kept")


def scheduled_action(aws):
    role = aws.role("redshift-schedule", "scheduler.redshift", "redshift:PauseCluster")
    action = {"ScheduledActionName": "life-pause", "IamRole": role}
    with created(aws) as redshift:
        target = {"PauseCluster": {"ClusterIdentifier": "life"}}
        redshift.create_scheduled_action(
            **action, Schedule="cron(0 20 ? * * *)", TargetAction=target
        )
        redshift.modify_scheduled_action(
            **action, Schedule="cron(0 21 ? * * *)", TargetAction=target
        )
        (shown,) = redshift.describe_scheduled_actions()["ScheduledActions"]
        assert (shown["Schedule"], shown["TargetAction"]) == ("cron(0 21 ? * * *)", target)
        assert shown["State"] == "ACTIVE"
        redshift.delete_scheduled_action(ScheduledActionName="life-pause")
        assert redshift.describe_scheduled_actions()["ScheduledActions"] == []
