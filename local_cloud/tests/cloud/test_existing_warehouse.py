"""A warehouse that exists on AWS, created before the stacks that use it."""

from __future__ import annotations

import pytest

from local_cloud.client import EXISTING_PATH, call

CLUSTER, WHERE = "theirs", {"ClusterIdentifier": "theirs", "Database": "shop"}
ROLE, SECRET = "service-role/Lake", "shop/owner-AbCdEf"
KEY = "01234567-89ab-cdef-0123-456789abcdef"


def existing(kind, identifier, **properties):
    return {"Type": kind, "Id": identifier, "Properties": properties}


EVERY = [
    existing("AWS::Redshift::Cluster", CLUSTER, DBName="shop", Port=5439, SecurityGroupIds=[]),
    existing("AWS::IAM::Role", ROLE, **WHERE),
    existing("AWS::KMS::Key", KEY),
    existing("AWS::SecretsManager::Secret", SECRET, **WHERE, User="ann", KmsKeyId=KEY),
    existing(
        "Redshift::Tables",
        "shop",
        **WHERE,
        Statements=["CREATE TABLE sold (size INT)"],
        Rows=["INSERT INTO sold VALUES (1), (2)"],
    ),
    existing(
        "Redshift::Schema", "own", **WHERE, Statements=["CREATE SCHEMA own AUTHORIZATION ann"]
    ),
    existing("Redshift::User", "bob", **WHERE, Statements=["CREATE USER bob PASSWORD DISABLE"]),
]


@pytest.fixture(scope="module")
def created(cloud):
    assert call(cloud, EXISTING_PATH, EVERY)["created"] == [each["Id"] for each in EVERY]
    return cloud


def test_a_second_deployment_creates_nothing(created):
    assert call(created, EXISTING_PATH, EVERY)["created"] == []


def test_new_tables_have_their_rows_once(created):
    data = created.client("redshift-data")
    call(created, EXISTING_PATH, EVERY)
    asked = {**WHERE, "DbUser": "warehouse_owner"}
    started = data.execute_statement(Sql="SELECT COUNT(*) FROM sold", **asked)["Id"]
    data.describe_statement(Id=started, WaitTimeSeconds=30)
    assert data.get_statement_result(Id=started)["Records"] == [[{"longValue": 2}]]


def test_the_role_is_attached_to_the_cluster(created):
    (cluster,) = created.client("redshift").describe_clusters(ClusterIdentifier=CLUSTER)["Clusters"]
    (role,) = cluster["IamRoles"]
    assert role["IamRoleArn"].endswith(f":role/{ROLE}")


def test_the_secret_has_this_end_of_the_arn_and_logs_in_as_its_user(created):
    secret = created.client("secretsmanager").describe_secret(SecretId="shop/owner")
    assert (secret["ARN"].endswith(f":secret:{SECRET}"), secret["KmsKeyId"]) == (True, KEY)
    data = created.client("redshift-data")
    sql = "CREATE TABLE own.mine (size INT)"
    started = data.execute_statement(Sql=sql, SecretArn=secret["ARN"], **WHERE)
    done = data.describe_statement(Id=started["Id"], WaitTimeSeconds=30)
    assert done["Status"] == "FINISHED", done


def test_a_workgroup_has_its_id_its_role_and_its_tables(cloud):
    where = {"WorkgroupName": "adhoc", "Database": "shop"}
    every = [
        existing(
            "AWS::RedshiftServerless::Workgroup",
            "adhoc",
            WorkgroupId=KEY,
            DBName="shop",
            Port=5439,
            SecurityGroupIds=[],
        ),
        existing("AWS::IAM::Role", "Adhoc", **where),
        existing("Redshift::Tables", "shop", **where, Statements=["CREATE TABLE sold (size INT)"]),
    ]
    assert len(call(cloud, EXISTING_PATH, every)["created"]) == 3
    assert call(cloud, EXISTING_PATH, every)["created"] == []
    serverless = cloud.client("redshift-serverless")
    workgroup = serverless.get_workgroup(workgroupName="adhoc")["workgroup"]
    assert workgroup["workgroupArn"].endswith(f":workgroup/{KEY}")
    (role,) = serverless.get_namespace(namespaceName="adhoc")["namespace"]["iamRoles"]
    assert role.endswith(":role/Adhoc")


def test_a_statement_that_fails_stops_the_deployment_with_its_text(created):
    broken = existing("Redshift::User", "x", **WHERE, Statements=["GRANT ROLE missing TO ann"])
    error = call(created, EXISTING_PATH, [broken])["error"]
    assert error.startswith("GRANT ROLE missing TO ann: ERROR: ")


def test_other_types_are_refused_by_name(created):
    error = call(created, EXISTING_PATH, [existing("AWS::SNS::Topic", "theirs")])["error"]
    assert "AWS::SNS::Topic; it can create AWS::EC2::Route" in error
