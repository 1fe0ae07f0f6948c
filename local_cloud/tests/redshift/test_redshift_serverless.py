"""Redshift Serverless on the laptop: namespaces, workgroups, and their database users."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.context import Cloud

NAME = "redline-test"
WHERE = {"WorkgroupName": NAME, "Database": "redline"}


@dataclass
class Serverless:
    """A workgroup of a laptop cloud, used through boto3 only."""

    cloud: Cloud
    secret: str

    def run(self, sql, client=None, **options):
        """Run a statement and wait for its end. Return its description."""
        data = client or self.cloud.client("redshift-data")
        request = WHERE | ({} if client else {"SecretArn": self.secret}) | options
        started = data.execute_statement(Sql=sql, **request)
        return data.describe_statement(Id=started["Id"], WaitTimeSeconds=30)

    def done(self, sql, client=None, **options):
        """Run a statement, which must finish. Return its description."""
        described = self.run(sql, client, **options)
        assert described["Status"] == "FINISHED", described.get("Error")
        return described

    def make_role(self, name, *actions, tags=(), service="lambda.amazonaws.com"):
        """Create a role that may perform the actions on all resources. Return its ARN."""
        iam = self.cloud.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        role = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=_document(trust),
            Tags=[{"Key": "RedshiftDbRoles", "Value": ":".join(tags)}] if tags else [],
        )["Role"]
        if actions:
            self.allow(name, *actions, resources=["*"])
        return role["Arn"]

    def allow(self, name, *actions, resources):
        """Allow a role only these actions on these resources."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
        document = _document(statement)
        self.cloud.client("iam").put_role_policy(
            RoleName=name, PolicyName="own", PolicyDocument=document
        )

    def client_of(self, name, *actions, tags=()):
        """Return a client of the Data API with the credentials of a new role."""
        role = self.make_role(name, *actions, tags=tags)
        return self.cloud.client("redshift-data", role_arn=role)


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


QUERY = ("redshift-data:*", "redshift-serverless:GetCredentials")
TAGS = ("tag:GetResources", "tag:GetTagKeys")


@pytest.fixture(scope="module")
def api(cloud):
    return cloud.client("redshift-serverless")


@pytest.fixture(scope="module")
def serverless(cloud, api):
    """A workgroup with a table that a role may read."""
    made = api.create_namespace(
        namespaceName=NAME, dbName="redline", adminUsername="boss", manageAdminPassword=True
    )["namespace"]
    api.create_workgroup(workgroupName=NAME, namespaceName=NAME, baseCapacity=8, port=5440)
    serverless = Serverless(cloud, made["adminPasswordSecretArn"])
    serverless.done("CREATE TABLE sales (id INT)")
    serverless.done("CREATE ROLE readers")
    serverless.done("GRANT SELECT ON sales TO ROLE readers")
    return serverless


def test_a_namespace_keeps_its_administrators_password(serverless, api, cloud):
    shown = api.get_namespace(namespaceName=NAME)["namespace"]
    assert (shown["status"], shown["dbName"], shown["adminUsername"]) == (
        "AVAILABLE",
        "redline",
        "boss",
    )
    assert shown["namespaceArn"].endswith(f":namespace/{shown['namespaceId']}")
    kept = cloud.client("secretsmanager").get_secret_value(SecretId=serverless.secret)
    assert kept["Name"] == "redshift!redline-test-boss"
    assert json.loads(kept["SecretString"])["username"] == "boss"
    assert api.list_namespaces()["namespaces"] == [shown]


def test_a_workgroup_is_shown(serverless, api):
    shown = api.get_workgroup(workgroupName=NAME)["workgroup"]
    assert shown["namespaceName"] == NAME
    assert (shown["baseCapacity"], shown["endpoint"]["port"]) == (8, 5440)
    assert shown["workgroupArn"].endswith(f":workgroup/{shown['workgroupId']}")
    assert api.list_workgroups()["workgroups"] == [shown]


def test_statements_name_the_workgroup(serverless, cloud):
    described = serverless.done("SELECT current_user")
    assert described["WorkgroupName"] == NAME
    assert "ClusterIdentifier" not in described
    data = cloud.client("redshift-data")
    listed = data.list_statements(WorkgroupName=NAME, Status="ALL")["Statements"]
    assert described["Id"] in [each["Id"] for each in listed]
    assert data.list_statements(WorkgroupName="other", Status="ALL")["Statements"] == []
    (record,) = data.get_statement_result(Id=described["Id"])["Records"]
    assert record[0]["stringValue"] == "boss"
    assert "sales" in [
        each["name"] for each in data.list_tables(**WHERE, SecretArn=serverless.secret)["Tables"]
    ]


def test_a_workgroup_is_named_by_its_arn_too(serverless, api):
    arn = api.get_workgroup(workgroupName=NAME)["workgroup"]["workgroupArn"]
    assert serverless.done("SELECT 1", WorkgroupName=arn)["WorkgroupName"] == NAME


def test_a_role_is_its_own_user_without_rights(serverless):
    client = serverless.client_of("unknown", *QUERY)
    assert (
        "permission denied for relation sales"
        in serverless.run("SELECT * FROM sales", client)["Error"]
    )
    described = serverless.done("SELECT current_user", client)
    (record,) = client.get_statement_result(Id=described["Id"])["Records"]
    assert record[0]["stringValue"] == "IAMR:unknown"


def test_a_role_holds_the_database_roles_of_its_tag(serverless):
    client = serverless.client_of("reads", *QUERY, *TAGS, tags=("unknown", "readers"))
    serverless.done("SELECT * FROM sales", client)
    assert "permission denied" in serverless.run("DELETE FROM sales", client)["Error"]


def test_tags_are_read_with_permission_only(serverless):
    client = serverless.client_of("untold", *QUERY, tags=("readers",))
    with pytest.raises(ClientError, match="tag:GetResources"):
        serverless.run("SELECT * FROM sales", client)


def test_permissions_name_the_workgroup_by_its_id(serverless, api, cloud):
    arns = [
        api.get_workgroup(workgroupName=NAME)["workgroup"]["workgroupArn"],
        api.get_namespace(namespaceName=NAME)["namespace"]["namespaceArn"],
    ]
    role = serverless.make_role("named")
    policy = ["redshift-data:ExecuteStatement", "redshift-serverless:Get*"]
    serverless.allow("named", *policy, resources=arns)
    data = cloud.client("redshift-data", role_arn=role)
    data.execute_statement(Sql="SELECT 1", **WHERE)
    own = cloud.client("redshift-serverless", role_arn=role)
    assert own.get_namespace(namespaceName=NAME)["namespace"]["namespaceArn"] == arns[1]
    serverless.allow("named", *policy, resources=[f"{arn}0" for arn in arns])
    with pytest.raises(ClientError, match="not authorized to perform: redshift-data:Execute"):
        data.execute_statement(Sql="SELECT 1", **WHERE)
    with pytest.raises(ClientError, match="redshift-serverless:GetNamespace"):
        own.get_namespace(namespaceName=NAME)


def test_without_credentials_a_role_does_not_get_in(serverless):
    client = serverless.client_of("outside", "redshift-data:*")
    with pytest.raises(ClientError, match="redshift-serverless:GetCredentials"):
        serverless.run("SELECT 1", client)


def test_credentials_are_of_the_callers_own_user(serverless, api, cloud):
    role = serverless.make_role(
        "asks", "redshift-serverless:GetCredentials", *TAGS, tags=("readers",)
    )
    client = cloud.client("redshift-serverless", role_arn=role)
    given = client.get_credentials(workgroupName=NAME, dbName="redline")
    assert given["dbUser"] == "IAMR:asks"
    assert given["expiration"] > given["nextRefreshTime"].replace(year=2000)
    with pytest.raises(ClientError, match="900 to 3600"):
        api.get_credentials(workgroupName=NAME, durationSeconds=60)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DbUser": "boss"}, "DbUser is for clusters"),
        ({"WorkgroupName": "other"}, "Redshift endpoint doesn't exist in this region: other"),
        ({"ClusterIdentifier": NAME}, "either ClusterIdentifier or WorkgroupName"),
    ],
)
def test_requests_that_cannot_be_carried_out_are_refused(serverless, cloud, change, said):
    request = WHERE | {"Sql": "SELECT 1"} | change
    with pytest.raises(ClientError, match=said):
        cloud.client("redshift-data").execute_statement(**request)


def test_unload_goes_by_the_roles_of_the_namespace(serverless, api, cloud):
    cloud.client("s3").create_bucket(Bucket="lake-of-serverless")
    role = serverless.make_role("lake", "s3:*", service="redshift.amazonaws.com")
    unload = f"UNLOAD ('SELECT 1 AS one') TO 's3://lake-of-serverless/u/' IAM_ROLE '{role}'"
    assert "is not authorized to assume" in serverless.run(unload)["Error"]
    api.update_namespace(namespaceName=NAME, iamRoles=[role], defaultIamRoleArn=role)
    assert_trusts_users_of_workgroup(serverless, api, role, unload)
    assert cloud.client("s3").list_objects_v2(Bucket="lake-of-serverless")["KeyCount"] == 1


def assert_trusts_users_of_workgroup(serverless, api, role, unload):
    """Check that a trust policy can require the external id of a workgroup's database user."""
    iam, name = serverless.cloud.client("iam"), role.rpartition("/")[2]
    workgroup = api.get_workgroup(workgroupName=NAME)["workgroup"]["workgroupId"]
    users = f"arn:aws:redshift:us-east-1:123456789012:dbuser:serverless-123456789012-{workgroup}/"
    for user, works in (("other", False), ("boss", True)):
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "redshift.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": users + user}},
        }
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=_document(trust))
        assert (serverless.run(unload)["Status"] == "FINISHED") == works


def test_tags_come_and_go(serverless, api):
    arn = api.get_workgroup(workgroupName=NAME)["workgroup"]["workgroupArn"]
    api.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    api.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert api.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"baseCapacity": 12}, "baseCapacity 12 is not 4, 8 to 512"),
        ({"port": 5439 + 100}, "port 5539 is not in 5431-5455"),
        ({"configParameters": [{"parameterKey": "no", "parameterValue": "1"}]}, "no is not one of"),
        ({"namespaceName": "nothing"}, "Namespace nothing was not found"),
        ({"workgroupName": NAME}, "already exists"),
        ({"namespaceName": NAME}, "has a workgroup already"),
    ],
)
def test_workgroups_that_cannot_be_are_refused(serverless, api, change, said):
    api.create_namespace(namespaceName="free", manageAdminPassword=True)
    request = {"workgroupName": "other", "namespaceName": "free"} | change
    try:
        with pytest.raises(ClientError, match=said):
            api.create_workgroup(**request)
    finally:
        api.delete_namespace(namespaceName="free")


def test_enhanced_routing_needs_three_zones(api, cloud):
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"us-east-1{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("aabc")
    ]
    api.create_namespace(namespaceName="routed", manageAdminPassword=True)
    request = {"workgroupName": "routed", "namespaceName": "routed", "enhancedVpcRouting": True}
    with pytest.raises(ClientError, match="3 Availability Zones are needed"):
        api.create_workgroup(**request, subnetIds=subnets[:3])
    api.create_workgroup(**request, subnetIds=subnets)


def test_data_live_in_the_namespace(api, cloud):
    secret = api.create_namespace(namespaceName="kept", dbName="redline", manageAdminPassword=True)[
        "namespace"
    ]["adminPasswordSecretArn"]
    kept = Serverless(cloud, secret)
    api.create_workgroup(workgroupName="first", namespaceName="kept")
    kept.done("CREATE TABLE t (a INT)", WorkgroupName="first")
    with pytest.raises(ClientError, match="is used by workgroup first"):
        api.delete_namespace(namespaceName="kept")
    api.delete_workgroup(workgroupName="first")
    api.create_workgroup(workgroupName="second", namespaceName="kept")
    kept.done("SELECT * FROM t", WorkgroupName="second")
    api.delete_workgroup(workgroupName="second")
    api.delete_namespace(namespaceName="kept")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cloud.client("secretsmanager").get_secret_value(SecretId=secret)
