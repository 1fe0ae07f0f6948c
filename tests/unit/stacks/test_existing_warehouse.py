"""An environment whose warehouse exists before the environment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.application import build_app
from stacks.config import ConfigurationError, Network, Warehouse
from tests.application.environments import BASIC, BATCH, DEMAND, FIXED
from tests.application.existing_warehouse import (
    CLUSTER,
    DATABASE,
    GIVEN,
    GROUP,
    WAREHOUSES,
    existing,
    in_warehouse,
)
from tests.synthesis import joined, statements, synthesise
from tests.template_checks.cdk import nag
from warehouse.query_columns import QueryError
from warehouse.schema import MigrationError


@pytest.fixture(params=WAREHOUSES)
def environment(request):
    return existing(request.param)


def listed(environment, kind):
    found = environment.templates["warehouse"]["Metadata"]["ExistingResources"]
    return {each["Id"]: each["Properties"] for each in found if each["Type"] == kind}


def outputs(environment):
    found = environment.templates["warehouse"]["Outputs"]
    return {name: joined(each["Value"]) for name, each in found.items()}


def test_no_template_contains_a_resource_of_redshift(environment):
    types = {resource["Type"] for _, resource in environment.everything()}
    assert [each for each in types if "Redshift" in each] == []
    own = {each["Type"] for each in environment.templates["warehouse"]["Resources"].values()}
    assert own <= {"AWS::IAM::Role", "AWS::IAM::Policy"}


def test_a_created_role_comes_with_the_command_that_attaches_it():
    assert outputs(existing("cluster"))["AttachRole"].startswith(
        f"aws redshift modify-cluster-iam-roles --cluster-identifier {CLUSTER} --add-iam-roles "
    )
    role = existing("cluster").the("warehouse", "AWS::IAM::Role")
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    users = joined(trust["Condition"]["StringLike"]["sts:ExternalId"])
    assert users.endswith(f":dbuser:{CLUSTER}/*")


def test_a_given_role_gets_policies_for_the_lake():
    found = existing("role")
    assert not found.resources("warehouse", "AWS::IAM::Role")
    assert "AttachRole" not in outputs(found)
    assert outputs(found)["WarehouseRoleArn"].endswith(":role/service-role/AnalyticsLake")
    (policy,) = found.resources("warehouse", "AWS::IAM::Policy").values()
    assert policy["Properties"]["Roles"] == ["AnalyticsLake"]
    assert {"Copy", "Unload", "UseKey"} <= {each.get("Sid") for each in statements(policy)}


def test_jobs_log_in_as_the_user_of_their_pipeline(environment):
    (login,) = [
        each
        for policy in environment.resources("demand", "AWS::IAM::Policy").values()
        for each in statements(policy)
        if "redshift:GetClusterCredentials" in each["Action"]
    ]
    ends = {joined(each).partition(":db")[2] for each in login["Resource"]}
    assert ends == {f"user:{CLUSTER}/pipeline_reader_demand", f"name:{CLUSTER}/{DATABASE}"}
    definition = str(environment.the("demand", "AWS::SageMaker::Pipeline"))
    assert f'"Database":"{DATABASE}"' in definition.replace(" ", "")


def test_the_owner_gets_the_statements_for_each_reader(environment):
    users = listed(environment, "Redshift::User")
    assert list(users) == ["pipeline_reader_demand"]
    assert users["pipeline_reader_demand"]["Statements"] == [
        "CREATE ROLE pipeline_readers_demand",
        "CREATE USER pipeline_reader_demand PASSWORD DISABLE",
        "GRANT ROLE pipeline_readers_demand TO pipeline_reader_demand",
        "GRANT USAGE ON SCHEMA public TO ROLE pipeline_readers_demand",
        "GRANT SELECT (size, sold) ON TABLE public.demand TO ROLE pipeline_readers_demand",
    ]


def test_jobs_may_connect_to_the_group_of_the_cluster():
    rules = existing("cluster").resources("network", "AWS::EC2::SecurityGroupEgress").values()
    inline = existing("cluster").the("network", "AWS::EC2::SecurityGroup")["SecurityGroupEgress"]
    every = [*inline, *(each["Properties"] for each in rules)]
    (rule,) = [each for each in every if each.get("DestinationSecurityGroupId") == GROUP]
    assert rule["FromPort"] == rule["ToPort"] == 5439
    (cluster,) = listed(existing("cluster"), "AWS::Redshift::Cluster").values()
    assert cluster["VpcSecurityGroupIds"] == [GROUP]


@pytest.mark.parametrize("name", WAREHOUSES)
def test_the_checks_of_cdk_nag_find_nothing(name):
    assert nag(build_app(in_warehouse(name), **FIXED)) == []


def test_a_table_that_only_a_migration_creates_is_refused(tmp_path):
    folder = tmp_path / "analytics"
    folder.mkdir()
    (folder / "tables.sql").write_text("CREATE TABLE other.sizes (size INTEGER);")
    (folder / "personal_columns.toml").write_text("")
    message = "public.demand.*Migrations do not run in the existing warehouse analytics-prod"
    with pytest.raises(QueryError, match=message):
        synthesise(in_warehouse("cluster"), **{**FIXED, "described": tmp_path})


def test_a_pipeline_that_loads_predictions_is_refused():
    environment = replace(in_warehouse("cluster"), pipelines=(DEMAND, BATCH))
    with pytest.raises((ConfigurationError, QueryError), match="demand-batch.*existing warehouse"):
        synthesise(environment, **FIXED)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("tables.sql", None, "tables.sql does not exist: write into it a CREATE TABLE"),
        ("tables.sql", "DROP TABLE demand;", "'DROP TABLE demand': allowed are CREATE TABLE"),
        ("tables.sql", "CREATE TABLE demand (size INTEGER)", "final semicolon"),
        ("personal_columns.toml", None, "does not exist: list in it the columns with personal"),
    ],
)
def test_a_description_that_cannot_be_used_is_refused(tmp_path, name, text, message):
    folder = tmp_path / "analytics"
    folder.mkdir()
    files = {"tables.sql": "CREATE TABLE demand (size INTEGER);", "personal_columns.toml": ""}
    for each, content in {**files, name: text}.items():
        if content is not None:
            (folder / each).write_text(content)
    with pytest.raises(MigrationError, match=message):
        synthesise(in_warehouse("cluster"), **{**FIXED, "described": tmp_path})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cluster", "Analytics_1", "lower-case letters, digits and hyphens.*console of Redshift"),
        ("database", "1x", "1 to 64 lower-case letters"),
        ("folder", "../x", "the name of a folder"),
        ("port", 80, "1150 to 65535"),
        ("security_group_id", "sg-x", "8 or 17 hexadecimal digits"),
        ("role", "arn:aws:iam::role/x", "what follows role/ in its ARN"),
    ],
)
def test_values_that_no_warehouse_has_are_refused(field, value, message):
    with pytest.raises(ConfigurationError, match=message):
        Warehouse.existing(**{**GIVEN, field: value})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"generated_data": True}, "False with an existing warehouse"),
        ({"network": BASIC.network}, "rule refers to groups of its VPC.*Network.existing"),
    ],
)
def test_environments_that_do_not_fit_are_refused(changed, message):
    with pytest.raises(ConfigurationError, match=message):
        replace(in_warehouse("cluster"), **changed)


def test_it_needs_no_existing_network():
    network = BASIC.network
    assert isinstance(network, Network)
    synthesise(replace(in_warehouse("role"), name="apart", network=network), **FIXED)
