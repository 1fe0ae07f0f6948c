"""Views, and tables that are created from a query."""

from __future__ import annotations

import base64
import json

import pytest

ATHENA = (["athena:*"], "*")
RESULTS = (
    ["s3:GetBucketLocation", "s3:PutObject", "s3:GetObject", "s3:ListBucket"],
    ["arn:aws:s3:::results", "arn:aws:s3:::results/*"],
)
SALES = (["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::lake", "arn:aws:s3:::lake/sales/*"])
READ = (["glue:GetDatabase", "glue:GetTable"], "*")
FREE = {"WorkGroup": "primary", "ResultConfiguration": {"OutputLocation": "s3://results/free/"}}


def succeeded(lake, sql, **more):
    found = lake.run(sql, **more)
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    return found


@pytest.fixture
def view(lake):
    """A view of the table sales."""
    succeeded(lake, "CREATE VIEW small AS SELECT id, upper(city) AS town FROM sales WHERE id < 3")
    yield "small"
    succeeded(lake, "DROP VIEW small")


def test_a_view_is_a_glue_table_with_the_text_of_presto(lake, view):
    found = lake.glue.get_table(DatabaseName="shop", Name=view)["Table"]
    assert found["TableType"] == "VIRTUAL_VIEW"
    assert found["Parameters"]["presto_view"] == "true"
    assert found["ViewExpandedText"] == "/* Presto View */"
    text = found["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    document = json.loads(base64.b64decode(text))
    assert document["columns"] == [
        {"name": "id", "type": "bigint"},
        {"name": "town", "type": "varchar"},
    ]
    assert (document["catalog"], document["schema"]) == ("awsdatacatalog", "shop")
    assert "FROM sales" in document["originalSql"]
    assert found["StorageDescriptor"]["Columns"][1] == {"Name": "town", "Type": "string"}


def test_a_view_is_queried_from_any_database_and_in_other_views(lake, view):
    expected = [("1", "BONN"), ("2", None)]
    assert lake.rows(f"SELECT * FROM {view} ORDER BY id") == expected
    lake.run("CREATE DATABASE IF NOT EXISTS elsewhere")
    context = {"QueryExecutionContext": {"Database": "elsewhere"}}
    sql = f"CREATE VIEW outer_view AS SELECT town, count(*) AS n FROM shop.{view} GROUP BY town"
    assert succeeded(lake, sql, **context)["StatementType"] == "DDL"
    joined = "SELECT s.id, o.n FROM sales s JOIN elsewhere.outer_view o ON upper(s.city) = o.town"
    assert lake.rows(joined) == [("1", "1")]


def test_a_view_is_replaced_and_dropped(lake):
    succeeded(lake, "CREATE VIEW changed AS SELECT 1 AS a")
    assert lake.error("CREATE VIEW changed AS SELECT 2 AS a") == (
        "TABLE_ALREADY_EXISTS: View already exists: 'awsdatacatalog.shop.changed'"
    )
    succeeded(lake, "CREATE OR REPLACE VIEW changed AS SELECT 2 AS a")
    assert lake.rows("SELECT a FROM changed") == [("2",)]
    assert "Cannot drop a view with DROP TABLE" in lake.error("DROP TABLE changed")
    succeeded(lake, "DROP VIEW changed")
    succeeded(lake, "DROP VIEW IF EXISTS changed")
    assert lake.error("DROP VIEW changed") == (
        "TABLE_NOT_FOUND: View 'awsdatacatalog.shop.changed' does not exist"
    )


def test_a_view_is_stale_if_its_table_has_changed(lake):
    lake.table("base", {"a": "int"}, {})
    succeeded(lake, "CREATE VIEW stale AS SELECT a FROM base")
    lake.glue.delete_table(DatabaseName="shop", Name="base")
    assert "TABLE_NOT_FOUND" in lake.error("SELECT * FROM stale")
    lake.table("base", {"a": "string"}, {})
    assert lake.error("SELECT * FROM stale") == (
        "VIEW_IS_STALE: View 'awsdatacatalog.shop.stale' is stale or in invalid state: column [a] "
        "of type varchar projected from query view at position 0 cannot be coerced to column [a] "
        "of type integer stored in view definition"
    )


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE OR REPLACE VIEW sales AS SELECT 1 AS a", "Table already exists"),
        ("CREATE OR REPLACE VIEW small AS SELECT * FROM small", "VIEW_IS_RECURSIVE"),
        (
            "CREATE VIEW v AS SELECT 1",
            "MISSING_COLUMN_NAME: Column name not specified at position 1",
        ),
        ("CREATE VIEW v AS SELECT 1 AS a, 2 AS A", "DUPLICATE_COLUMN_NAME: Column name 'a'"),
        ("CREATE VIEW v AS SELECT NULL AS a", "COLUMN_TYPE_UNKNOWN: Column type is unknown: a"),
        ("CREATE VIEW v AS SELECT x FROM sales", "COLUMN_NOT_FOUND"),
        ("CREATE VIEW v AS SELECT array[1] AS a", "NOT_SUPPORTED: a table or view with the type"),
        ("CREATE VIEW v (a) AS SELECT 1", "NOT_SUPPORTED: CREATE VIEW with column names"),
        ("DROP VIEW sales", "View 'awsdatacatalog.shop.sales' does not exist"),
        ("CREATE VIEW v", "SYNTAX_ERROR: CREATE VIEW must have a query"),
        (
            "CREATE VIEW IF NOT EXISTS small AS SELECT 1 AS a",
            "CREATE VIEW with the clause IF NOT EXISTS",
        ),
        ("CREATE VIEW other.shop.v AS SELECT 1 AS a", "NOT_SUPPORTED: the data catalog other"),
        ("DROP VIEW other.shop.small", "NOT_SUPPORTED: the data catalog other"),
        ("DROP VIEW small, sales", "NOT_SUPPORTED: DROP VIEW of several"),
        ("DROP VIEW small CASCADE", "DROP VIEW with the clause CASCADE"),
    ],
)
def test_a_view_that_athena_rejects(lake, view, sql, reason):
    assert reason in lake.error(sql)
    assert lake.rows("SELECT id FROM small ORDER BY id") == [("1",), ("2",)]


def test_a_view_needs_the_permissions_on_its_tables(lake, view):
    database = "arn:aws:glue:us-east-1:123456789012"
    only_view = (
        ["glue:GetDatabase", "glue:GetTable"],
        [f"{database}:catalog", f"{database}:database/shop", f"{database}:table/shop/small"],
    )
    sql = f"SELECT count(*) FROM {view}"
    assert "glue:GetTable" in lake.as_role(ATHENA, only_view, SALES, RESULTS).error(sql)
    assert "PERMISSION_DENIED" in lake.as_role(ATHENA, READ, RESULTS).error(sql)
    role = lake.as_role(ATHENA, READ, SALES, RESULTS)
    assert role.rows(sql) == [("2",)]
    assert "glue:CreateTable" in role.error("CREATE VIEW v AS SELECT 1 AS a")
    assert "glue:DeleteTable" in role.error(f"DROP VIEW {view}")


@pytest.mark.parametrize(
    ("options", "library", "ending"),
    [
        ("", "ParquetHiveSerDe", ""),
        ("WITH (format = 'PARQUET', write_compression = 'SNAPPY')", "ParquetHiveSerDe", ""),
        ("WITH (format = 'TEXTFILE', field_delimiter = ',')", "LazySimpleSerDe", ".gz"),
        ("WITH (format = 'JSON', write_compression = 'NONE')", "data.JsonSerDe", ""),
        ("WITH (format = 'ORC', orc_compression = 'SNAPPY')", "orc.OrcSerde", ""),
    ],
)
def test_a_table_is_created_from_a_query(lake, options, library, ending):
    sql = (
        f"CREATE TABLE made_from {options} AS SELECT id, city, id / 2e0 AS half, "
        "cast(id AS decimal(8,2)) AS d, date '2024-01-02' AS day, id > 1 AS is_large, "
        "timestamp '2024-01-02 03:04:05' AS at FROM sales"
    )
    found = succeeded(lake, sql)
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "CREATE_TABLE_AS_SELECT")
    place = f"s3://results/work/tables/{found['QueryExecutionId']}"
    manifest = found["Statistics"]["DataManifestLocation"]
    assert manifest == f"{place}-manifest.csv"
    (file,) = lake.get(manifest).decode().split()
    assert file.startswith(f"{place}/")
    assert file.endswith(ending)
    result = lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert result["UpdateCount"] == 3
    table = lake.glue.get_table(DatabaseName="shop", Name="made_from")["Table"]
    assert table["StorageDescriptor"]["Location"] == f"{place}/"
    assert table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].endswith(library)
    types = [column["Type"] for column in table["StorageDescriptor"]["Columns"]]
    assert types == ["bigint", "string", "double", "decimal(8,2)", "date", "boolean", "timestamp"]
    day, at = "2024-01-02", "2024-01-02 03:04:05.000"
    assert lake.rows("SELECT * FROM made_from WHERE id < 3 ORDER BY id") == [
        ("1", "Bonn", "0.5", "1.00", day, "false", at),
        ("2", None, "1.0", "2.00", day, "true", at),
    ]
    succeeded(lake, "DROP TABLE made_from")


def test_a_table_is_created_at_a_location_in_partitions(lake):
    place = "'s3://lake/parted'"
    sql = (
        f"CREATE TABLE parted WITH (external_location = {place}, "
        "partitioned_by = ARRAY['town']) AS SELECT id, city AS town FROM sales"
    )
    succeeded(lake, sql, **FREE)
    assert lake.rows("SELECT town, id FROM parted ORDER BY id") == [
        ("Bonn", "1"),
        (None, "2"),
        ('say "x", y', "3"),
    ]
    table = lake.glue.get_table(DatabaseName="shop", Name="parted")["Table"]
    assert table["PartitionKeys"] == [{"Name": "town", "Type": "string"}]
    assert [column["Name"] for column in table["StorageDescriptor"]["Columns"]] == ["id"]
    keys = lake.s3.list_objects_v2(Bucket="lake", Prefix="parted/")["Contents"]
    assert sorted({each["Key"].rpartition("/")[0] for each in keys}) == [
        "parted/town=Bonn",
        "parted/town=__HIVE_DEFAULT_PARTITION__",
        "parted/town=say %22x%22, y",
    ]
    assert "TABLE_ALREADY_EXISTS: Destination table 'awsdatacatalog.shop.parted'" in lake.error(
        sql, **FREE
    )
    succeeded(lake, sql.replace("TABLE parted", "TABLE IF NOT EXISTS parted"), **FREE)
    other = sql.replace("TABLE parted", "TABLE parted2")
    assert lake.error(other, **FREE) == (
        "HIVE_PATH_ALREADY_EXISTS: Target directory for table 'shop.parted2' already exists: "
        "s3://lake/parted/"
    )
    succeeded(lake, "DROP TABLE parted")
    assert "HIVE_PATH_ALREADY_EXISTS" in lake.error(sql, **FREE)


def test_a_table_without_data_and_one_with_parameters(lake):
    succeeded(lake, "CREATE TABLE without_rows AS SELECT id FROM sales WITH NO DATA")
    assert lake.rows("SELECT count(*) FROM without_rows") == [("0",)]
    sql = "CREATE TABLE by_parameter AS SELECT id FROM sales WHERE id = ?"
    succeeded(lake, sql, ExecutionParameters=["2"])
    assert lake.rows("SELECT id FROM by_parameter") == [("2",)]


def test_the_files_have_the_encryption_of_the_results(lake):
    found = succeeded(lake, "CREATE TABLE sealed AS SELECT 1 AS a")
    prefix = f"work/tables/{found['QueryExecutionId']}/"
    (file,) = lake.s3.list_objects_v2(Bucket="results", Prefix=prefix)["Contents"]
    head = lake.s3.head_object(Bucket="results", Key=file["Key"])
    assert head["ServerSideEncryption"] == "AES256"


@pytest.mark.parametrize(
    ("options", "columns", "reason"),
    [
        ("external_location = 's3://lake/x/'", "1 AS a", "enforces a centralized output location"),
        ("format = 'AVRO'", "1 AS a", "NOT_SUPPORTED: the format AVRO"),
        ("orc_compression = 'ZLIB'", "1 AS a", "the property orc_compression with the format PARQ"),
        ("table_type = 'ICEBERG'", "1 AS a", "NOT_SUPPORTED: the property table_type"),
        (
            "bucketed_by = ARRAY['a'], bucket_count = 2",
            "1 AS a",
            "NOT_SUPPORTED: the property buck",
        ),
        ("write_compression = 'LZO'", "1 AS a", "NOT_SUPPORTED: the compression LZO of PARQUET"),
        ("partitioned_by = ARRAY['x']", "1 AS a", "Partition columns ['x'] not present in schema"),
        ("partitioned_by = ARRAY['a']", "1 AS a", "Table contains only partition columns"),
        ("partitioned_by = ARRAY['a']", "1 AS a, 2 AS b", "HIVE_COLUMN_ORDER_MISMATCH: Partition"),
        ("format = 'JSON'", "1", "MISSING_COLUMN_NAME"),
        ("format = 'JSON'", "sum(9223372036854775807) AS a", "NOT_SUPPORTED: a bigint that is out"),
        ("partitioned_by = 'a'", "1 AS b, 2 AS a", "partitioned_by is 'a': write ARRAY['column']"),
        ("partitioned_by = ARRAY[a]", "1 AS b, 2 AS a", "partitioned_by has a: write a text"),
        ("format = 'JSON', format = 'PARQUET'", "1 AS a", "Duplicate property: format"),
        ("external_location = 'a' || 'b'", "1 AS a", "external_location has 'a' || 'b': write a"),
        ("format = 'TEXTFILE', field_delimiter = ''", "1 AS a", "field_delimiter is '': write one"),
        ("format = 'TEXTFILE', field_delimiter = ',,'", "1 AS a", "is ',,': write one character"),
    ],
)
def test_a_table_that_athena_or_the_laptop_rejects(lake, options, columns, reason):
    sql = f"CREATE TABLE wrong WITH ({options}) AS SELECT {columns} FROM (VALUES 1, 2) AS t (x)"
    assert reason in lake.error(sql)
    with pytest.raises(lake.glue.exceptions.EntityNotFoundException):
        lake.glue.get_table(DatabaseName="shop", Name="wrong")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (
            "CREATE OR REPLACE TABLE sales AS SELECT 1 AS a",
            "CREATE_TABLE_AS_SELECT with the clause OR REPLACE",
        ),
        ("CREATE TABLE other.shop.t AS SELECT 1 AS a", "NOT_SUPPORTED: the data catalog other"),
        (
            "CREATE EXTERNAL TABLE other.shop.t (a int) LOCATION 's3://lake/t/'",
            "NOT_SUPPORTED: the data catalog other",
        ),
        (
            "ALTER TABLE other.shop.sales ADD PARTITION (day = '1')",
            "NOT_SUPPORTED: the data catalog other",
        ),
        ("DROP TABLE other.shop.sales", "NOT_SUPPORTED: the data catalog other"),
        ("DROP TABLE sales, others", "NOT_SUPPORTED: DROP TABLE of several"),
        ("CREATE SCHEMA other.fresh", "NOT_SUPPORTED: the data catalog other"),
        ("CREATE DATABASE other.fresh", "NOT_SUPPORTED: the data catalog other"),
        ("DROP TABLE sales PURGE", "DROP TABLE with the clause PURGE"),
    ],
)
def test_a_statement_that_would_change_less_or_more_than_it_says(lake, sql, reason):
    assert reason in lake.error(sql)
    assert lake.rows("SELECT count(*) FROM sales") == [("3",)]


@pytest.mark.parametrize("words", ["DATABASE", "SCHEMA"])
def test_a_database_is_created_by_its_name(lake, words):
    succeeded(lake, f"CREATE {words} new_{words}")
    assert lake.glue.get_database(Name=f"new_{words}".lower())
    assert "already exists" in lake.error(f"CREATE {words} awsdatacatalog.new_{words}")
    succeeded(lake, f"CREATE {words} IF NOT EXISTS new_{words}")


def test_at_most_100_partitions_are_written(lake):
    days = "UNNEST(sequence(1, 101)) AS t (n)"
    sql = "CREATE TABLE many WITH (partitioned_by = ARRAY['n']) AS SELECT 1 AS a, n FROM "
    assert "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100" in lake.error(sql + days)


def test_a_new_table_needs_the_permissions_to_create_it_and_to_write_its_files(lake):
    sql = "CREATE TABLE denied AS SELECT id FROM sales"
    assert "glue:CreateTable" in lake.as_role(ATHENA, READ, SALES, RESULTS).error(sql)
    create = (["glue:CreateTable"], "*")
    only_list = (["s3:GetBucketLocation", "s3:ListBucket"], "arn:aws:s3:::results")
    role = lake.as_role(ATHENA, READ, create, SALES, only_list)
    assert "Access denied when writing output to url: s3://results/work/tables/" in role.error(sql)
    assert lake.as_role(ATHENA, READ, create, SALES, RESULTS).run(sql)["Status"]["State"] == (
        "SUCCEEDED"
    )
