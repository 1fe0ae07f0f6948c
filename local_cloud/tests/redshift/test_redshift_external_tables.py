"""External tables: rows in S3 that are read through the Glue catalogue with a role."""

from __future__ import annotations

import gzip
import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


@pytest.fixture(scope="module")
def glue(cluster):
    """The catalogue with a database, a role that may read it, and a role that may read S3 only."""
    glue = cluster.cloud.client("glue")
    glue.create_database(DatabaseInput={"Name": "shop"})
    cluster.lake_only = cluster.role
    reader = cluster.make_role("reader", allowed=["s3:*", "glue:GetTable"])
    cluster.cloud.client("redshift").delete_cluster(
        ClusterIdentifier="redline-test", SkipFinalClusterSnapshot=True
    )
    cluster.cloud.client("redshift").create_cluster(
        ClusterIdentifier="redline-test",
        NodeType="ra3.large",
        MasterUsername="admin",
        MasterUserPassword="Correct1horse",
        DBName="redline",
        IamRoles=[cluster.lake_only, reader],
    )
    cluster.role = reader
    return glue


@pytest.fixture(scope="module")
def table(cluster, glue):
    """A function that creates a table in the catalogue, and its files under the location."""

    def make(name, columns, files, *, serde=CSV, settings=None, header=0, **more):
        for file, content in files.items():
            cluster.put(f"lake/{name}/{file}", content)
        storage = {
            "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
            "Location": f"s3://lake/lake/{name}/",
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": settings or {}},
        }
        described = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"skip.header.line.count": str(header)},
            "StorageDescriptor": storage,
        }
        glue.create_table(DatabaseName="shop", TableInput=described | more)

    return make


@pytest.fixture(scope="module")
def calls(cluster, table):
    """The external schema `ext` with the table `calls`: two files (one gzipped), and a marker."""
    first = '"age";"job"\n56;"house; maid"\n57;"say \\"x\\""\n'
    second = gzip.compress(b'"age";"job"\n58;"clerk";"more"\n59\n')
    table(
        "calls",
        {"age": "string", "job": "string"},
        {"a.csv": first, "b.csv.gz": second, "_SUCCESS": "not a row"},
        settings={"separatorChar": ";", "quoteChar": '"'},
        header=1,
    )
    cluster.run(
        "CREATE EXTERNAL SCHEMA IF NOT EXISTS ext FROM DATA CATALOG DATABASE 'shop' "
        "IAM_ROLE '{role}'"
    )
    return cluster


def test_rows_are_read_by_serde_and_columns(calls):
    assert calls.rows("SELECT age, job FROM ext.calls ORDER BY age") == [
        ("56", "house; maid"),
        ("57", 'say "x"'),
        ("58", "clerk"),
        ("59", None),
    ]


def test_a_query_may_do_with_them_what_it_does_with_tables(calls):
    calls.run("CREATE TABLE ages (age SMALLINT NOT NULL, job VARCHAR(12))")
    calls.run("INSERT INTO ages SELECT CAST(age AS SMALLINT), job FROM ext.calls")
    joined = (
        "WITH old AS (SELECT * FROM ext.calls) SELECT COUNT(*), SUM(ages.age) FROM ages "
        "JOIN old ON old.age = ages.age JOIN ext.calls ON calls.age = old.age"
    )
    assert calls.rows(joined) == [(4, 230)]
    calls.run(
        "UNLOAD ('SELECT * FROM ext.calls') TO 's3://lake/out/' IAM_ROLE '{role}' PARALLEL OFF"
    )
    assert len(calls.get("out/000").splitlines()) == 4
    types = calls.run("SELECT age FROM ext.calls")
    shown = calls.data.get_statement_result(Id=types["Id"])["ColumnMetadata"]
    assert (shown[0]["typeName"], shown[0]["precision"]) == ("varchar", 65535)


def test_a_change_may_read_them(calls):
    calls.run("CREATE TABLE known (age INT, job VARCHAR(20))")
    calls.run("INSERT INTO known VALUES (56, 'old'), (1, 'old')")
    calls.run("UPDATE known SET job = calls.job FROM ext.calls WHERE known.age = calls.age::INT")
    assert calls.rows("SELECT job FROM known ORDER BY age") == [("old",), ("house; maid",)]
    calls.run("DELETE FROM known USING ext.calls WHERE known.job = calls.job")
    assert calls.rows("SELECT age FROM known") == [(1,)]


def test_rows_are_those_of_the_moment(calls, table):
    table("growing", {"a": "string"}, {"1": "x\n"})
    assert calls.rows("SELECT COUNT(*) FROM ext.growing") == [(1,)]
    calls.put("lake/growing/2", "y\nz\n")
    assert calls.rows("SELECT COUNT(*) FROM ext.growing") == [(3,)]


def test_an_empty_location_has_no_rows(calls, table):
    table("nothing", {"a": "string", "b": "string"}, {})
    assert calls.rows("SELECT a, b FROM ext.nothing") == []


def test_parquet_has_types_and_columns_by_name(calls, table):
    buffer = io.BytesIO()
    rows = pa.table({"B": pa.array([1, 2], pa.int32()), "a": [Decimal("1.50"), None]})
    pq.write_table(rows, buffer)
    columns = {"a": "decimal(8,2)", "b": "bigint", "missing": "date"}
    table("typed", columns, {"part-0": buffer.getvalue()}, serde=PARQUET)
    assert calls.rows("SELECT a, b, missing FROM ext.typed ORDER BY b") == [
        ("1.50", 1, None),
        (None, 2, None),
    ]


def test_a_dropped_schema_may_be_created_again(calls):
    create = "CREATE EXTERNAL SCHEMA other FROM DATA CATALOG DATABASE 'shop' IAM_ROLE '{role}'"
    calls.run(create)
    assert calls.error(create) == 'ERROR: Schema "other" already exists'
    calls.run("DROP SCHEMA other")
    calls.run("CREATE SCHEMA other")
    calls.run("CREATE TABLE other.own (a INT)")
    assert "does not exist" in calls.error("SELECT * FROM other.calls")


def test_role_without_the_catalogue_reads_nothing(calls):
    calls.run(
        "CREATE EXTERNAL SCHEMA closed FROM DATA CATALOG DATABASE 'shop' "
        f"IAM_ROLE '{calls.lake_only}'"
    )
    error = calls.error("SELECT * FROM closed.calls")
    assert error.startswith("ERROR: AwsClientException: AccessDeniedException from glue")
    assert "glue:GetTable" in error


def test_schema_s_usage_is_asked_for(calls):
    calls.run("CREATE USER guest PASSWORD DISABLE")
    denied = "ERROR: permission denied for schema ext"
    assert calls.error("SELECT * FROM ext.calls", DbUser="guest") == denied
    calls.run("GRANT USAGE ON SCHEMA ext TO guest")
    assert calls.rows("SELECT COUNT(*) FROM ext.calls", DbUser="guest") == [(4,)]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT * FROM ext.unknown", "the Glue catalogue has no table shop.unknown"),
        ("CREATE TABLE ext.own (a INT)", "local objects in external schema are not enabled"),
        ("CREATE VIEW v AS SELECT * FROM ext.calls", "CREATE VIEW of the external table ext.calls"),
        ("INSERT INTO ext.calls VALUES ('1', 'x')", "a change of the external table ext.calls"),
        ("DELETE FROM ext.calls", "a change of the external table ext.calls"),
        ("TRUNCATE ext.calls", "a change of the external table ext.calls"),
        (
            "CREATE EXTERNAL SCHEMA e FROM HIVE METASTORE DATABASE 'd' IAM_ROLE 'r'",
            "FROM HIVE is not supported",
        ),
        (
            "CREATE EXTERNAL SCHEMA e FROM DATA CATALOG DATABASE 'd' IAM_ROLE DEFAULT",
            "IAM_ROLE DEFAULT is not supported",
        ),
        (
            "CREATE EXTERNAL SCHEMA e FROM DATA CATALOG DATABASE 'd' REGION 'eu-west-1' "
            "IAM_ROLE 'r'",
            "REGION 'eu-west-1' (the laptop cloud is us-east-1) is not supported",
        ),
        (
            "CREATE EXTERNAL SCHEMA e FROM DATA CATALOG DATABASE 'd' IAM_ROLE 'r' "
            "CREATE EXTERNAL DATABASE IF NOT EXISTS",
            "CREATE EXTERNAL DATABASE IF NOT EXISTS is not supported",
        ),
    ],
)
def test_what_is_not_done_is_refused_by_name(calls, sql, reason):
    calls.run("CREATE TABLE IF NOT EXISTS ages (age SMALLINT NOT NULL, job VARCHAR(12))")
    assert reason in calls.error(sql)


@pytest.mark.parametrize(
    ("columns", "described", "reason"),
    [
        ({"a": "int"}, {}, "the type int of column a with OpenCSVSerde"),
        ({"a": "array<int>"}, {}, "the Glue type array<int> of column a"),
        ({"a": "string"}, {"serde": "x.Json"}, "the SerDe x.Json"),
        ({"a": "string"}, {"settings": {"mode": "1"}}, "the SerDe parameter mode"),
        ({"a": "string"}, {"PartitionKeys": [{"Name": "d", "Type": "date"}]}, "partition keys"),
        ({"a": "string"}, {"TableType": "VIRTUAL_VIEW"}, "the Glue table type VIRTUAL_VIEW"),
        ({"a": "string"}, {"Parameters": {"table_type": "ICEBERG"}}, "the table format ICEBERG"),
    ],
)
def test_tables_that_cannot_be_read_are_refused_by_name(calls, table, columns, described, reason):
    name = "".join(letter for letter in reason if letter.isalnum()).lower()
    table(name, columns, {"1": "x\n"}, **described)
    error = calls.error(f"SELECT * FROM ext.{name}")
    assert reason in error
    assert error.endswith("is not supported by the laptop cloud's warehouse")


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("1", b"\xff\n", "is not UTF-8"),
        ("2", b'"two\nlines"\n', "a line break inside quotes"),
        ("3.gz", b"x\n", "is not a GZIP file"),
    ],
)
def test_files_that_cannot_be_read_are_named(calls, table, file, content, reason):
    name = f"broken{file[0]}"
    table(name, {"a": "string"}, {file: content})
    error = calls.error(f"SELECT * FROM ext.{name}")
    assert reason in error
    assert f"s3://lake/lake/{name}/{file}" in error
