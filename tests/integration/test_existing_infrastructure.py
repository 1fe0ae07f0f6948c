"""An environment in a VPC, a cluster and a bucket that exist before it, and stay unchanged."""

from __future__ import annotations

import shlex

import pytest
from botocore.exceptions import ClientError

from operations.assembly import Assembly
from operations.commands import schema
from operations.environment_clients import EnvironmentClients
from operations.preflight.check import Account, all_checks
from tests.application.environments import FIXED
from tests.application.existing_network import SUBNETS, VPC
from tests.application.existing_warehouse import (
    BUCKET,
    CLUSTER,
    DATABASE,
    GROUP,
    KEY,
    LAKE_KEY,
    SECRET,
    in_warehouse,
)
from tests.application.laptop import APP_OF_EXISTING_WAREHOUSE, fill
from tests.integration.laptop import IMPORTS, Laptop, started, write_app
from warehouse.data_api import Database
from warehouse.described.statistics import load_statistics
from warehouse.schema import Migration
from warehouse.sql_splitter import split_statements
from warehouse.tables import tables_after

pytestmark = pytest.mark.laptop
OWNER = "warehouse_owner"
DESCRIBED = {
    "Vpcs": "describe_vpcs",
    "Subnets": "describe_subnets",
    "VpcEndpoints": "describe_vpc_endpoints",
    "RouteTables": "describe_route_tables",
    "SecurityGroups": "describe_security_groups",
    "FlowLogs": "describe_flow_logs",
}


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("existing")
    write_app(folder / "app", APP_OF_EXISTING_WAREHOUSE)
    with started(Laptop(folder / "state", environment=IMPORTS, folder=folder / "app")) as laptop:
        printed = laptop.run("deploy", "cluster").stdout
        assert f"because it exists on AWS: {LAKE_KEY}, {BUCKET}, {VPC}, " in printed
        assert ", ".join(SUBNETS) in printed
        assert f"{GROUP}, {CLUSTER}, {KEY}, {SECRET}, {CLUSTER}/{DATABASE}, redline" in printed
        yield laptop


def described(laptop):
    """Return what EC2 and Redshift describe of the VPC and the cluster, and the cluster's rows."""
    ec2 = laptop.client("ec2")
    in_vpc = [{"Name": "vpc-id", "Values": [VPC]}]
    answers = {
        member: getattr(ec2, operation)(
            **({"Filter": []} if member == "FlowLogs" else {"Filters": in_vpc})
        )
        for member, operation in DESCRIBED.items()
    }
    (cluster,) = laptop.client("redshift").describe_clusters()["Clusters"]
    return {
        **{member: answer[member] for member, answer in answers.items()},
        "Cluster": cluster,
        **of_the_lake(laptop),
        "Tables": laptop.client("redshift-data").list_tables(**connection())["Tables"],
        "Rows": rows(laptop),
    }


def of_the_lake(laptop):
    """Return the settings of the bucket and the key, and the file of their owner."""
    s3, kms = laptop.client("s3"), laptop.client("kms")
    settings = {
        operation: {
            name: value
            for name, value in getattr(s3, operation)(Bucket=BUCKET).items()
            if name != "ResponseMetadata"
        }
        for operation in ("get_bucket_policy", "get_bucket_encryption", "get_bucket_versioning")
    }
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)
    return {
        **settings,
        "Key": kms.describe_key(KeyId=LAKE_KEY)["KeyMetadata"],
        "KeyPolicy": kms.get_key_policy(KeyId=LAKE_KEY, PolicyName="default")["Policy"],
        "Objects": sorted(laptop.uris(f"s3://{BUCKET}/")),
    }


def connection():
    return {"ClusterIdentifier": CLUSTER, "Database": DATABASE, "DbUser": OWNER}


def rows(laptop):
    database = Database(client=laptop.client("redshift-data"), connection=connection())
    return sorted(database.rows("SELECT size, sold FROM demand"))


def outputs(laptop):
    stacks = laptop.client("cloudformation").describe_stacks(StackName="redline-cluster-warehouse")
    return {each["OutputKey"]: each["OutputValue"] for each in stacks["Stacks"][0]["Outputs"]}


def checked(laptop, *names):
    """Return the findings of these checks of preflight."""
    aws = EnvironmentClients.of(in_warehouse("cluster"), laptop.client)
    needs = Assembly.read(laptop.state / "cdk.out", prefix="redline-cluster-", region="us-east-1")
    return [
        each
        for check in all_checks()
        if check.name in names
        for each in check.findings(Account(aws, needs))
    ]


def test_preflight_finds_the_vpc_as_the_environment_states_it(laptop):
    found = checked(laptop, "existing network", "routes to AWS")
    assert len(found) == 9
    assert [each for each in found if each.status != "ok"] == []


def test_preflight_finds_the_bucket_and_the_key_as_the_environment_states_them(laptop):
    found = checked(laptop, "existing lake")
    assert [each.subject for each in found] == [LAKE_KEY, BUCKET, BUCKET, BUCKET]
    assert [each for each in found if each.status != "ok"] == []


def test_the_owner_attaches_the_role_with_the_printed_command(laptop):
    *command, arn = shlex.split(outputs(laptop)["AttachRole"])
    assert command[:3] == ["aws", "redshift", "modify-cluster-iam-roles"]
    assert command[3:] == ["--cluster-identifier", CLUSTER, "--add-iam-roles"]
    (missing,) = [each for each in checked(laptop, "existing warehouse") if each.status == "fails"]
    assert missing.remedy == " ".join([*command, arn])
    laptop.client("redshift").modify_cluster_iam_roles(ClusterIdentifier=CLUSTER, AddIamRoles=[arn])
    found = {each.subject: each.status for each in checked(laptop, "existing warehouse")}
    assert found == dict.fromkeys(
        (CLUSTER, GROUP, "LakeRole", "redline", "pipeline_reader_demand"), "ok"
    )


def test_a_pipeline_trains_on_the_rows_of_others_in_their_vpc(laptop):
    fill(laptop, "cluster", owner=OWNER)
    summary = laptop.json("start", "demand")
    assert summary["status"] == "Succeeded", summary


def test_the_schema_command_describes_the_tables_of_the_cluster(laptop, tmp_path, capsys):
    aws = EnvironmentClients.of(in_warehouse("cluster"), laptop.client)
    folder = tmp_path / "analytics"
    folder.mkdir()
    (folder / "personal_columns.toml").touch()
    assert schema.run(aws, ["public.*"], user=OWNER, folder=tmp_path) == 0
    assert "public.demand: 2 columns" in capsys.readouterr().out
    described = FIXED["described"] / "analytics" / "tables.sql"
    assert columns_of(folder / "tables.sql") == columns_of(described)
    assert load_statistics(folder)["public.demand"].columns["size"].distinct == 40


def columns_of(path):
    statements = tuple(split_statements(path.read_text()))
    return tables_after([Migration(0, "", "", statements)]).types


def test_migrations_run_in_the_own_schema_only(laptop):
    tables = laptop.client("redshift-data").list_tables(**connection())["Tables"]
    found = {f"{each['schema']}.{each['name']}" for each in tables}
    own = {"redline.applied_migrations", "redline.applied_rights", "redline.notes"}
    assert found == {"public.demand", "public.demand_wanted", *own}


def test_after_destroy_the_vpc_and_the_cluster_are_as_they_were(laptop):
    before = described(laptop)
    assert before["Rows"]
    assert any("/kept/demand/" in each for each in before["Objects"])
    laptop.run("deploy", "cluster")
    assert described(laptop) == before, "a second deployment changed the VPC or the cluster"
    laptop.run("destroy", "cluster")
    after = described(laptop)
    ours = [each for each in before["SecurityGroups"] if each["GroupName"].startswith("redline-")]
    assert len(ours) == 1
    before["SecurityGroups"] = [each for each in before["SecurityGroups"] if each not in ours]
    assert after == before
