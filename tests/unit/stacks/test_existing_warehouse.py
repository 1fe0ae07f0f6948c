"""An environment whose warehouse exists before the environment."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from stacks.application import build_app
from stacks.config import ConfigurationError, Network
from tests.application.environments import BASIC, BATCH, DEMAND, FIXED
from tests.application.existing_warehouse import (
    CLUSTER,
    DATABASE,
    GROUP,
    KEY,
    SECRET,
    WAREHOUSES,
    WORKGROUP_ID,
    existing,
    in_warehouse,
)
from tests.synthesis import joined, statements, synthesise
from tests.template_checks.cdk import nag
from warehouse.existing_tables import read_existing_tables
from warehouse.query_columns import QueryError
from warehouse.rights import OwnSchema, Reader, derived_rights, rights_document
from warehouse.schema import MigrationError

CLUSTERS = [name for name, each in WAREHOUSES.items() if each.cluster]


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
    migrations = {"AWS::Lambda::Function", "AWS::Logs::LogGroup", "Custom::WarehouseMigrations"}
    allowed = {"AWS::IAM::Role", "AWS::IAM::Policy"}
    has_schema = environment.environment.warehouse.schema
    assert own <= (allowed | migrations if has_schema else allowed)


def migrating(name):
    """Return the properties of the custom resource, and the statements of its function by sid."""
    (resource,) = existing(name).resources("warehouse", "Custom::WarehouseMigrations").values()
    found = existing(name).resources("warehouse", "AWS::IAM::Policy").items()
    (policy,) = [each for logical, each in found if logical.startswith("MigrationsPolicy")]
    return resource["Properties"], {each["Sid"]: each for each in statements(policy)}


def test_without_a_schema_no_migrations_run():
    assert not existing("role").resources("warehouse", "Custom::WarehouseMigrations")
    assert not existing("role").resources("warehouse", "AWS::Lambda::Function")


def test_migrations_run_with_the_secret_and_its_key():
    properties, allowed = migrating("cluster")
    assert properties["Schema"] == "redline"
    assert joined(properties["SecretArn"]).endswith(f":secret:{SECRET}")
    assert joined(allowed["ReadAdministratorSecret"]["Resource"][0]).endswith(SECRET)
    assert joined(allowed["DecryptSecret"]["Resource"][0]).endswith(f":key/{KEY}")
    assert list(listed(existing("cluster"), "Redshift::Schema").values())[0]["Statements"] == [
        "CREATE SCHEMA redline AUTHORIZATION redline_owner"
    ]


def test_migrations_run_with_temporary_credentials():
    properties, allowed = migrating("user")
    assert properties["DbUser"] == "redline_owner"
    assert "SecretArn" not in properties
    ends = {joined(each).partition(":db")[2] for each in allowed["BecomeUser"]["Resource"]}
    assert ends == {f"user:{CLUSTER}/redline_owner", f"name:{CLUSTER}/{DATABASE}"}
    assert list(listed(existing("user"), "Redshift::Schema").values())[0]["Statements"] == [
        "CREATE USER redline_owner PASSWORD DISABLE",
        "CREATE SCHEMA redline AUTHORIZATION redline_owner",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "CREATE TABLE notes (size INTEGER)",
        "DROP TABLE redline.notes, public.demand",
        "GRANT SELECT ON TABLE public.demand TO ROLE readers",
        "CREATE USER another PASSWORD DISABLE",
        "ALTER TABLE public.demand ADD COLUMN more INTEGER",
    ],
)
def test_a_migration_outside_the_schema_is_refused(tmp_path, statement):
    shutil.copytree(FIXED["described"], tmp_path, dirs_exist_ok=True)
    (tmp_path / "analytics" / "migrations" / "0002_more.sql").write_text(f"{statement};")
    with pytest.raises(MigrationError, match=r"0002_more.sql contains .*views redline\.…"):
        synthesise(in_warehouse("user"), **{**FIXED, "described": tmp_path})


def test_rights_on_the_own_schema_are_applied_by_the_migrations(tmp_path):
    shutil.copytree(FIXED["described"], tmp_path, dirs_exist_ok=True)
    folder = tmp_path / "analytics"
    (folder / "tables.sql").write_text("CREATE TABLE other.sizes (size INTEGER);")
    (folder / "migrations" / "0002_demand.sql").write_text(
        "CREATE VIEW redline.sizes AS SELECT size FROM other.sizes;"
        "GRANT SELECT ON TABLE redline.sizes TO ROLE readers;"
        "GRANT USAGE ON SCHEMA redline TO ROLE readers;"
    )
    found = read_existing_tables(folder)
    reader = Reader(
        pipeline="demand",
        user="reader",
        role="readers",
        queries={"Extract": "SELECT a.size FROM redline.sizes a JOIN other.sizes b USING (size)"},
        folder=tmp_path,
    )
    migrations = found.migrations("redline")
    (rights,) = derived_rights([reader], [found.created, *migrations], found.marked)
    own = OwnSchema(name="redline", described=found.created)
    document = json.loads(rights_document([rights], migrations, own))
    assert not document["creates_users"]
    assert document["schemas"] == ["redline"]
    assert document["roles"][0]["grants"] == [
        "GRANT USAGE ON SCHEMA redline TO ROLE readers",
        "GRANT SELECT (size) ON TABLE redline.sizes TO ROLE readers",
    ]
    assert rights.outside_schema("redline").grants == [
        "GRANT USAGE ON SCHEMA other TO ROLE readers",
        "GRANT SELECT (size) ON TABLE other.sizes TO ROLE readers",
    ]


def test_a_created_role_comes_with_the_command_that_attaches_it():
    assert outputs(existing("cluster"))["AttachRole"].startswith(
        f"aws redshift modify-cluster-iam-roles --cluster-identifier {CLUSTER} --add-iam-roles "
    )
    found = existing("cluster").resources("warehouse", "AWS::IAM::Role").items()
    (role,) = [each["Properties"] for name, each in found if name.startswith("LakeRole")]
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


@pytest.mark.parametrize("environment", CLUSTERS, indirect=True)
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


def test_functions_log_in_to_a_workgroup_as_their_role():
    found = existing("workgroup")
    sids = {
        each["Sid"]: each
        for policy in found.resources("demand", "AWS::IAM::Policy").values()
        for each in statements(policy)
        if "Sid" in each
    }
    (login,) = sids["BecomeUser"]["Resource"]
    assert sids["BecomeUser"]["Action"] == ["redshift-serverless:GetCredentials"]
    assert joined(login).endswith(f":workgroup/{WORKGROUP_ID}")
    assert listed(found, "Redshift::User")["pipeline_reader_demand"]["Statements"] == [
        "CREATE ROLE pipeline_readers_demand",
        "GRANT USAGE ON SCHEMA public TO ROLE pipeline_readers_demand",
        "GRANT SELECT (size, sold) ON TABLE public.demand TO ROLE pipeline_readers_demand",
    ]
    tags = [
        tag
        for role in found.resources("demand", "AWS::IAM::Role").values()
        for tag in role["Properties"]["Tags"]
    ]
    assert {"Key": "RedshiftDbRoles", "Value": "pipeline_readers_demand"} in tags


@pytest.mark.parametrize("environment", CLUSTERS, indirect=True)
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
    assert cluster["SecurityGroupIds"] == [GROUP]


@pytest.mark.parametrize("name", WAREHOUSES)
def test_the_checks_of_cdk_nag_find_nothing(name):
    assert nag(build_app(in_warehouse(name), **FIXED)) == []


def test_a_table_that_only_a_migration_creates_is_refused(tmp_path):
    folder = tmp_path / "analytics"
    folder.mkdir()
    (folder / "tables.sql").write_text("CREATE TABLE other.sizes (size INTEGER);")
    (folder / "personal_columns.toml").write_text("")
    message = "public.demand.*do not run in the existing warehouse analytics-prod"
    with pytest.raises(QueryError, match=message):
        synthesise(in_warehouse("role"), **{**FIXED, "described": tmp_path})


def test_a_pipeline_that_loads_predictions_is_refused():
    environment = replace(in_warehouse("role"), pipelines=(DEMAND, BATCH))
    with pytest.raises(ConfigurationError, match="demand-batch.*only with warehouse.schema"):
        synthesise(environment, **FIXED)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("tables.sql", None, "tables.sql does not exist: `redline schema` writes it"),
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
        synthesise(in_warehouse("role"), **{**FIXED, "described": tmp_path})


def test_it_needs_no_existing_network():
    network = BASIC.network
    assert isinstance(network, Network)
    synthesise(replace(in_warehouse("role"), name="apart", network=network), **FIXED)
