"""The Redshift Data API, called through boto3."""

from __future__ import annotations

import json
import math
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from botocore.exceptions import ClientError

from local_cloud import redshift

WHERE = {"ClusterIdentifier": "redline-test", "Database": "redline"}
ENDLESS = "select count(*) from {0} a, {0} b, {0} c, {0} d".format(
    "(select n from numbers union all select n from numbers)"
)


@pytest.fixture(scope="module", autouse=True)
def numbers(cluster):
    """A table of 2,500 numbers."""
    digits = " union all ".join(f"select {n} as d" for n in range(50))
    cluster.run(
        f"create table numbers as select a.d * 50 + b.d as n from ({digits}) a, ({digits}) b"
    )


def test_a_statement_goes_through_its_life(cluster):
    identifier = cluster.start("select 1 as one", StatementName="first")
    described = cluster.ended(identifier)

    assert described["Id"] == identifier
    assert described["Status"] == "FINISHED"
    assert described["QueryString"] == "select 1 as one"
    assert described["DbUser"] == "admin"
    assert described["Database"] == "redline"
    assert described["ClusterIdentifier"] == "redline-test"
    assert described["HasResultSet"] is True
    assert described["ResultRows"] == 1
    assert described["Duration"] > 0
    assert described["RedshiftPid"] > 0
    assert described["CreatedAt"] <= described["UpdatedAt"]


def test_values_keep_their_kinds_apart(cluster):
    identifier = cluster.run(
        "select 0, 0::float8, false, null, '', 'NaN'::float8, 1.50::decimal(8,2), "
        "'2008-01-01'::date, '2008-01-01 10:00:00.5'::timestamp, 'x'::char(3), -1::bigint"
    )["Id"]
    answer = cluster.data.get_statement_result(Id=identifier)

    [record] = answer["Records"]
    nan = record.pop(5)
    assert math.isnan(float(nan["doubleValue"]))
    assert record == [
        {"longValue": 0},
        {"doubleValue": 0.0},
        {"booleanValue": False},
        {"isNull": True},
        {"stringValue": ""},
        {"stringValue": "1.50"},
        {"stringValue": "2008-01-01"},
        {"stringValue": "2008-01-01 10:00:00.5"},
        {"stringValue": "x  "},
        {"longValue": -1},
    ]
    kinds = [column["typeName"] for column in answer["ColumnMetadata"]]
    assert kinds[:4] == ["int4", "float8", "bool", "varchar"]
    assert kinds[6:] == ["numeric", "date", "timestamp", "bpchar", "int8"]


def test_columns_are_described(cluster):
    cluster.run("create table described (id int not null, price decimal(8,2), name varchar(30))")
    identifier = cluster.run("select id, price, name as title from described")["Id"]

    columns = cluster.data.get_statement_result(Id=identifier)["ColumnMetadata"]

    assert [(c["name"], c["typeName"], c["precision"], c["scale"]) for c in columns] == [
        ("id", "int4", 10, 0),
        ("price", "numeric", 8, 2),
        ("title", "varchar", 30, 0),
    ]
    assert [(c["nullable"], c["schemaName"], c["tableName"]) for c in columns] == [
        (0, "public", "described"),
        (1, "public", "described"),
        (1, "public", "described"),
    ]


def test_results_come_in_pages(cluster):
    identifier = cluster.run("select n from numbers order by n")["Id"]
    first = cluster.data.get_statement_result(Id=identifier)

    assert first["TotalNumRows"] == 2500
    assert len(first["Records"]) == 1000
    assert "NextToken" in first
    assert cluster.rows("select n from numbers order by n") == [(n,) for n in range(2500)]


def test_results_as_csv(cluster):
    identifier = cluster.run("select 1 as a, null as b, true as c, 'x,y' as d", ResultFormat="CSV")
    answer = cluster.data.get_statement_result_v2(Id=identifier["Id"])

    assert answer["Records"] == [{"CSVRecords": 'a,b,c,d\r\n1,,t,"x,y"\r\n'}]
    with pytest.raises(ClientError, match="ValidationException"):
        cluster.data.get_statement_result(Id=identifier["Id"])


def test_a_failure_carries_the_error_of_the_warehouse(cluster):
    identifier = cluster.start("select * from nothing")
    described = cluster.ended(identifier)

    assert described["Status"] == "FAILED"
    assert described["Error"] == 'ERROR: relation "nothing" does not exist'
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cluster.data.get_statement_result(Id=identifier)


def test_a_batch_is_one_transaction(cluster):
    sqls = ["create table batched as select 1 as a", "select a from batched", "select * from nope"]
    failed = cluster.ended(batch(cluster, sqls))

    assert failed["Status"] == "FAILED"
    assert failed["Error"] == 'ERROR: relation "nope" does not exist'
    assert [part["Status"] for part in failed["SubStatements"]] == [
        "FINISHED",
        "FINISHED",
        "FAILED",
    ]
    assert failed["SubStatements"][2]["Error"] == failed["Error"]
    assert cluster.error("select * from batched") == 'ERROR: relation "batched" does not exist'

    done = cluster.ended(batch(cluster, sqls[:2]))
    assert done["Status"] == "FINISHED"
    part = done["SubStatements"][1]
    assert part["HasResultSet"] is True
    assert cluster.data.get_statement_result(Id=part["Id"])["Records"] == [[{"longValue": 1}]]


def test_statements_after_a_failed_one_are_aborted(cluster):
    failed = cluster.ended(batch(cluster, ["select * from nope", "select 1"]))

    assert [part["Status"] for part in failed["SubStatements"]] == ["FAILED", "ABORTED"]


def test_an_auto_commit_batch_keeps_what_worked(cluster):
    sqls = [
        "create table kept as select 1 as a",
        "select * from nope",
        "insert into kept values (2)",
    ]
    ended = cluster.ended(batch(cluster, sqls, ExecutionMode="AUTO_COMMIT"))

    assert [part["Status"] for part in ended["SubStatements"]] == ["FINISHED", "FAILED", "FINISHED"]
    assert cluster.rows("select count(*) from kept") == [(2,)]


def test_vacuum_cannot_run_in_a_transaction(cluster):
    ended = cluster.ended(batch(cluster, ["select 1", "vacuum"]))

    assert ended["Error"] == "ERROR: VACUUM cannot run inside a transaction block"


def test_parameters_are_bound(cluster):
    hostile = "'; drop table numbers; --"
    parameters = [{"name": "least", "value": "2498"}, {"name": "text", "value": hostile}]
    sql = "select n, :text from numbers where n > :least"
    identifier = cluster.start(sql, Parameters=parameters)

    assert cluster.ended(identifier)["QueryParameters"] == parameters
    assert cluster.rows(sql, Parameters=parameters) == [(2499, hostile)]
    assert cluster.rows("select count(*) from numbers") == [(2500,)]


@pytest.mark.parametrize(
    "sql", ["select 1", "unload ('select :a') to 's3://lake/x' iam_role '{role}'", "select ':a'"]
)
def test_a_parameter_that_nothing_uses_is_refused(cluster, sql):
    with pytest.raises(ClientError, match=r"Unused parameters: \[a\]"):
        cluster.start(sql, Parameters=[{"name": "a", "value": "1"}])


def test_a_parameter_without_a_value_fails_the_statement(cluster):
    assert "no value for a" in cluster.error("select :a")


def test_describing_works_while_a_statement_runs_and_cancelling_stops_it(cluster):
    identifier = cluster.start(ENDLESS)
    wait_for(lambda: cluster.data.describe_statement(Id=identifier)["Status"] == "STARTED")

    assert cluster.data.cancel_statement(Id=identifier)["Status"] is True
    described = cluster.ended(identifier)

    assert described["Status"] == "ABORTED"
    with pytest.raises(ClientError, match="already in ABORTED state"):
        cluster.data.cancel_statement(Id=identifier)


def test_a_statement_that_waits_for_a_writer_can_be_cancelled(cluster):
    cluster.run("create table busy (a bigint)")
    writing = cluster.start(f"insert into busy {ENDLESS}")
    wait_for(lambda: cluster.data.describe_statement(Id=writing)["Status"] == "STARTED")
    waiting = cluster.start("insert into busy values (1)")
    wait_for(lambda: cluster.data.describe_statement(Id=waiting)["Status"] == "STARTED")

    assert cluster.rows("select count(*) from busy") == [(0,)]
    cluster.data.cancel_statement(Id=waiting)
    assert cluster.ended(waiting)["Status"] == "ABORTED"
    cluster.data.cancel_statement(Id=writing)
    assert cluster.ended(writing)["Status"] == "ABORTED"
    assert cluster.rows("select count(*) from busy") == [(0,)]


def test_statements_run_side_by_side_and_writers_take_turns(cluster):
    cluster.run("create table counted (n int)")
    sql = "insert into counted select count(*) from numbers"
    identifiers = [cluster.start(sql) for _ in range(8)]

    assert {cluster.ended(identifier)["Status"] for identifier in identifiers} == {"FINISHED"}
    assert cluster.rows("select count(*), sum(n) from counted") == [(8, 20000)]


def test_the_same_client_token_starts_nothing_twice(cluster):
    cluster.run("create table once (a int)")
    first = cluster.start("insert into once values (1)", ClientToken="same")
    second = cluster.start("insert into once values (1)", ClientToken="same")

    assert first == second
    cluster.ended(first)
    assert cluster.rows("select count(*) from once") == [(1,)]


@pytest.fixture
def frequent_switches():
    """Let threads take turns after a microsecond, which shows races."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_requests_at_the_same_time_with_one_client_token_start_one_statement(
    cluster, frequent_switches
):
    cluster.run("create table at_once (a int)")
    with ThreadPoolExecutor(16) as threads:
        for token in map(str, range(20)):
            start = partial(cluster.start, "insert into at_once values (1)", ClientToken=token)
            started = [threads.submit(start) for _ in range(16)]
            (identifier,) = {each.result() for each in started}
            assert cluster.ended(identifier)["Status"] == "FINISHED"
    assert cluster.rows("select count(*) from at_once") == [(20,)]


def test_statements_are_listed(cluster):
    cluster.run("select 1", StatementName="listed-one")
    cluster.ended(cluster.start("select nope", StatementName="listed-two"))

    finished = cluster.data.list_statements(StatementName="listed")["Statements"]
    every = cluster.data.list_statements(StatementName="listed", Status="ALL")["Statements"]

    assert [s["StatementName"] for s in finished] == ["listed-one"]
    assert [s["Status"] for s in every] == ["FAILED", "FINISHED"]


def test_relations_are_listed_and_described(cluster):
    user = WHERE | {"DbUser": "admin"}
    cluster.run("create table shown (id int not null, name char(3) default 'x')")

    assert cluster.data.list_databases(**user)["Databases"] == ["redline"]
    assert "public" in cluster.data.list_schemas(**user)["Schemas"]
    assert cluster.data.list_tables(TablePattern="sho%", **user)["Tables"] == [
        {"name": "shown", "schema": "public", "type": "TABLE"}
    ]
    columns = cluster.data.describe_table(Table="shown", Schema="public", **user)["ColumnList"]
    assert [(c["name"], c["typeName"], c["nullable"]) for c in columns] == [
        ("id", "int4", 0),
        ("name", "bpchar", 1),
    ]
    page = cluster.data.list_tables(MaxResults=1, **user)
    assert len(page["Tables"]) == 1
    assert "NextToken" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ClusterIdentifier": "elsewhere"}, "Redshift endpoint doesn't exist"),
        ({"WorkgroupName": "serverless"}, "Specify either ClusterIdentifier or WorkgroupName"),
        ({"SessionKeepAliveSeconds": 60}, "SessionKeepAliveSeconds is not supported"),
        ({"DbUser": "admin", "SecretArn": "arn"}, "not both"),
    ],
)
def test_requests_that_cannot_be_carried_out_are_refused(cluster, change, said):
    with pytest.raises(ClientError, match=f"ValidationException.*{said}"):
        cluster.data.execute_statement(**(WHERE | {"Sql": "select 1"} | change))


def test_an_unknown_statement_is_not_found(cluster):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cluster.data.describe_statement(Id="00000000-0000-0000-0000-000000000000")
    with pytest.raises(ClientError, match="ValidationException"):
        cluster.data.describe_statement(Id="nonsense-0000-0000-0000-00000000000X")


def test_unknown_databases_and_users_fail_the_statement(cluster):
    assert cluster.error("select 1", DbUser="unknown") == 'FATAL: user "unknown" does not exist'
    assert cluster.error("select 1", Database="nothing") == (
        'FATAL: database "nothing" does not exist'
    )


def test_a_secret_logs_in_with_its_password(cluster):
    secrets = cluster.cloud.client("secretsmanager")

    def secret(name, password):
        text = json.dumps({"username": "admin", "password": password})
        return secrets.create_secret(Name=name, SecretString=text)["ARN"]

    right, wrong = secret("right", "Correct1horse"), secret("wrong", "Wrong1horse")

    assert cluster.rows("select current_user", SecretArn=right) == [("admin",)]
    assert cluster.error("select 1", SecretArn=wrong) == (
        'FATAL: password authentication failed for user "admin"'
    )
    with pytest.raises(ClientError, match="ValidationException"):
        cluster.start("select 1", SecretArn="absent")


def test_a_role_needs_the_right_to_the_database_user(cluster):
    place = "arn:aws:redshift:us-east-1:123456789012"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "redshift-data:*", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "redshift:GetClusterCredentials",
                "Resource": [
                    f"{place}:dbuser:redline-test/reader",
                    f"{place}:dbname:redline-test/redline",
                ],
            },
        ],
    }
    role = cluster.make_role("caller", allowed=["redshift-data:*"])
    cluster.cloud.client("iam").put_role_policy(
        RoleName="caller", PolicyName="all", PolicyDocument=json.dumps(policy)
    )
    cluster.run("create user reader password disable")
    data = cluster.cloud.client("redshift-data", role_arn=role)

    started = data.execute_statement(Sql="select 1", DbUser="reader", **WHERE)
    assert cluster.ended(started["Id"])["Status"] == "FINISHED"
    for other in ({"DbUser": "admin"}, {"SecretArn": "arn:of:a:secret"}, {}):
        with pytest.raises(ClientError, match="AccessDeniedException.*is not authorized"):
            data.execute_statement(Sql="select 1", **(WHERE | other))


def test_an_iam_identity_is_a_user_of_its_own(cluster):
    started = cluster.data.execute_statement(Sql="select current_user", **WHERE)

    assert started["DbUser"] == "IAM:administrator"
    assert cluster.ended(started["Id"])["Status"] == "FINISHED"


def test_temporary_credentials_may_make_the_user(cluster):
    control = cluster.cloud.client("redshift")
    named = {"ClusterIdentifier": "redline-test", "DbUser": "guest"}

    control.get_cluster_credentials(**named)
    assert "does not exist" in cluster.error("select 1", DbUser="guest")

    given = control.get_cluster_credentials(**named, AutoCreate=True)
    assert given["DbUser"] == "IAMA:guest"
    assert cluster.rows("select current_user", DbUser="guest") == [("guest",)]


def test_the_end_is_announced_when_asked_for(cluster, monkeypatch):
    published = []
    monkeypatch.setattr(
        "local_cloud.redshift.api.statement_events.publish",
        lambda cloud, **event: published.append(event),
    )
    identifier = cluster.start("select 1", WithEvent=True, StatementName="published")
    wait_for(lambda: published)

    [event] = published
    assert event["source"] == "aws.redshift-data"
    assert event["detail_type"] == "Redshift Data Statement Status Change"
    assert event["detail"]["statementId"] == identifier
    assert event["detail"]["state"] == "FINISHED"
    assert event["detail"]["statementName"] == "published"


def test_the_back_ends_are_in_the_places_of_motos(cluster):
    from moto.redshift.models import redshift_backends
    from moto.redshiftdata.models import redshiftdata_backends

    from local_cloud.redshift.api.cluster_backend import WarehouseRedshiftBackend
    from local_cloud.redshift.api.data_backend import WarehouseDataBackend

    region = cluster.cloud.region
    assert isinstance(redshift_backends["123456789012"][region], WarehouseRedshiftBackend)
    assert isinstance(redshiftdata_backends["123456789012"][region], WarehouseDataBackend)


def test_a_dataset_needs_a_cluster_of_this_cloud(cluster):
    dataset = redshift.Dataset(
        cluster_identifier="elsewhere",
        database="redline",
        db_user="admin",
        query="select 1",
        role_arn=cluster.role,
        s3_uri="s3://lake/x/",
        output_format="CSV",
        caller_arn="arn:aws:iam::123456789012:user/administrator",
    )
    with pytest.raises(redshift.StatementFailed, match="elsewhere does not exist"):
        redshift.unload(cluster.cloud, dataset)


def batch(cluster, sqls, **options):
    request = WHERE | {"DbUser": "admin", "Sqls": sqls} | options
    return cluster.data.batch_execute_statement(**request)["Id"]


def wait_for(condition, seconds=180):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
