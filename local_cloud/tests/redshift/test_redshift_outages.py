"""Deleted and paused clusters, and statements that another user aborts."""

from __future__ import annotations

import time

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud import redshift
from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault

CLUSTER, DATABASE = "redline-test", "redline"
WHERE = {"ClusterIdentifier": CLUSTER, "Database": DATABASE, "DbUser": "admin"}
DIGITS = " union all ".join(f"select {n} as n" for n in range(100))
ENDLESS = "select count(*) from " + ", ".join(f"({DIGITS}) t{n}" for n in range(8))
ABORTED = "cancelled by WLM abort action of Query Monitoring Rule"


@pytest.fixture
def control(cloud, cluster):
    """A client of Redshift. The cluster is available again at the end of the test."""
    client = cloud.client("redshift")
    yield client
    if status(client) == "paused":
        client.resume_cluster(ClusterIdentifier=CLUSTER)
    wait_for(lambda: status(client) == "available")


@pytest.fixture
def kept(cluster):
    """A table with one row."""
    cluster.run("create table kept (a bigint)")
    cluster.run("insert into kept values (1)")
    yield "kept"
    cluster.run("drop table kept")


@pytest.fixture
def at_once(cloud):
    """A client of the Data API without retries."""
    return cloud.client("redshift-data", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def inject():
    yield lambda **fields: FAULTS.inject(Fault("abort", **fields))
    FAULTS.clear()


def status(control):
    return control.describe_clusters(ClusterIdentifier=CLUSTER)["Clusters"][0]["ClusterStatus"]


def wait_for(condition, seconds=180):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def running(cluster, sql):
    """Start a statement, and wait until it runs. Return its id."""
    identifier = cluster.start(sql)
    wait_for(lambda: cluster.data.describe_statement(Id=identifier)["Status"] == "STARTED")
    return identifier


def test_a_pause_ends_what_runs_and_keeps_what_is_committed(cluster, control, kept):
    reading, writing = running(cluster, ENDLESS), running(cluster, f"insert into kept {ENDLESS}")

    control.pause_cluster(ClusterIdentifier=CLUSTER)

    for identifier in (reading, writing):
        described = cluster.ended(identifier)
        assert described["Status"] == "FAILED"
        assert "terminating connection due to administrator command" in described["Error"]
    with pytest.raises(ClientError, match="ValidationException.*is paused: resume it first"):
        cluster.start("select 1")
    control.resume_cluster(ClusterIdentifier=CLUSTER)
    assert cluster.rows("select a from kept") == [(1,)]


@pytest.fixture
def dataset(cloud, cluster):
    """Unload the dataset of a job with the role `worker`."""
    asked = redshift.Dataset(
        cluster_identifier=CLUSTER,
        database=DATABASE,
        db_user="admin",
        query="select 1 as one",
        role_arn=cluster.role,
        s3_uri="s3://lake/dataset/",
        output_format="CSV",
        caller_arn="arn:aws:sts::123456789012:assumed-role/worker/SageMaker",
    )
    return lambda: redshift.unload(cloud, asked)


def test_a_connection_to_a_paused_cluster_is_rejected(control, dataset):
    control.pause_cluster(ClusterIdentifier=CLUSTER)
    with pytest.raises(redshift.StatementFailed, match="the cluster redline-test is paused"):
        dataset()


def test_the_query_of_a_job_is_aborted_by_its_role(dataset, inject):
    inject(role="worker")
    with pytest.raises(redshift.StatementFailed, match=ABORTED):
        dataset()
    assert len(dataset()) == 1


def test_a_cluster_is_paused_and_resumed_once(control):
    with pytest.raises(ClientError, match="InvalidClusterState"):
        control.resume_cluster(ClusterIdentifier=CLUSTER)
    control.pause_cluster(ClusterIdentifier=CLUSTER)
    with pytest.raises(ClientError, match="InvalidClusterState.* is paused"):
        control.pause_cluster(ClusterIdentifier=CLUSTER)
    with pytest.raises(ClientError, match="ClusterNotFound"):
        control.pause_cluster(ClusterIdentifier="other")


def test_a_reboot_ends_what_runs_and_passes(cluster, control, kept, at_once):
    identifier = running(cluster, ENDLESS)

    shown = control.reboot_cluster(ClusterIdentifier=CLUSTER)["Cluster"]["ClusterStatus"]
    with pytest.raises(ClientError, match=r"\(ExecuteStatementException\).*is rebooting") as one:
        at_once.execute_statement(Sql="select 1", **WHERE)
    with pytest.raises(ClientError, match=r"\(BatchExecuteStatementException\).*is rebooting"):
        at_once.batch_execute_statement(Sqls=["select 1"], **WHERE)

    assert shown == "rebooting"
    assert one.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert cluster.ended(identifier)["Status"] == "FAILED"
    wait_for(lambda: status(control) == "available")
    assert cluster.rows("select a from kept") == [(1,)]


def test_a_resize_passes_and_has_other_nodes(cluster, control, at_once):
    control.resize_cluster(ClusterIdentifier=CLUSTER, ClusterType="multi-node", NumberOfNodes=2)
    with pytest.raises(ClientError, match="is resizing"):
        at_once.execute_statement(Sql="select 1", **WHERE)
    wait_for(lambda: status(control) == "available")
    described = control.describe_clusters(ClusterIdentifier=CLUSTER)["Clusters"][0]
    assert described["NumberOfNodes"] == 2
    assert cluster.rows("select 1") == [(1,)]


def test_an_aborted_batch_leaves_nothing(cluster, kept, inject):
    inject(action="laptop:RunStatement", resource=f"*:cluster:{CLUSTER}", after=1)
    sqls = ["insert into kept values (2)", "insert into kept values (3)", "select 1"]

    started = cluster.data.batch_execute_statement(Sqls=sqls, **WHERE)
    described = cluster.ended(started["Id"])

    assert (described["Status"], ABORTED in described["Error"]) == ("FAILED", True)
    assert [part["Status"] for part in described["SubStatements"]] == [
        "FINISHED",
        "FAILED",
        "ABORTED",
    ]
    assert cluster.rows("select a from kept") == [(1,)]
    (hit,) = FAULTS.report()["hits"]
    assert (hit["kind"], hit["role"]) == ("abort", "administrator")


@pytest.mark.parametrize("fields", [{"role": "another"}, {"resource": "*:workgroup/*"}])
def test_an_abort_meant_for_others_does_not_strike(cluster, inject, fields):
    inject(times=None, **fields)
    assert cluster.rows("select 1") == [(1,)]
