"""INSERT INTO. https://docs.aws.amazon.com/athena/latest/ug/insert-into.html"""

from __future__ import annotations

import pytest

ATHENA = (["athena:*"], "*")
RESULTS = (
    ["s3:GetBucketLocation", "s3:PutObject", "s3:GetObject", "s3:ListBucket"],
    ["arn:aws:s3:::results", "arn:aws:s3:::results/*"],
)
READ = (["glue:GetDatabase", "glue:GetTable"], "*")
COLUMNS = {"id": "int", "price": "decimal(8,2)", "half": "double", "name": "string"}
FORMATS = {
    "parquet": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    "orc": "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    "json": "org.apache.hive.hcatalog.data.JsonSerDe",
    "text": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
}


def inserted(lake, sql, **more):
    found = lake.run(sql, **more)
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    return found


@pytest.mark.parametrize("serde", FORMATS.values(), ids=FORMATS)
def test_rows_are_added_in_the_format_of_the_table(lake, request, serde):
    name = f"into_{request.node.callspec.id}"
    lake.table(name, COLUMNS, {}, serde=serde)
    found = inserted(lake, f"INSERT INTO {name} VALUES (1, 1.5, 2, 'a'), (2, 2, 0.5, NULL)")
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "INSERT")
    manifest = found["Statistics"]["DataManifestLocation"]
    assert manifest == f"s3://results/work/{found['QueryExecutionId']}-manifest.csv"
    (file,) = lake.get(manifest).decode().split()
    assert file.startswith(f"s3://lake/{name}/{found['QueryExecutionId']}")
    result = lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    assert result["UpdateCount"] == 2
    inserted(lake, f"INSERT INTO {name} SELECT id + 2, price, half, name FROM {name}")
    rows = lake.rows(f"SELECT * FROM {name} ORDER BY id")
    first, second = ("1.50", "2.0", "a"), ("2.00", "0.5", None)
    assert rows == [("1", *first), ("2", *second), ("3", *first), ("4", *second)]


def test_columns_that_are_not_named_are_null(lake):
    lake.table("some_named", COLUMNS, {})
    sql = "INSERT INTO shop.some_named (name, id) WITH x AS (SELECT 'n' AS n) SELECT n, ? FROM x"
    inserted(lake, sql, ExecutionParameters=["7"])
    assert lake.rows("SELECT * FROM some_named") == [("7", None, None, "n")]


def test_rows_go_to_known_and_new_partitions(lake):
    lake.table("by_day", {"id": "int"}, {}, keys=("day",))
    storage = lake.glue.get_table(DatabaseName="shop", Name="by_day")["Table"]["StorageDescriptor"]
    elsewhere = {**storage, "Location": "s3://lake/elsewhere/"}
    lake.glue.create_partition(
        DatabaseName="shop",
        TableName="by_day",
        PartitionInput={"Values": ["mon"], "StorageDescriptor": elsewhere},
    )
    found = inserted(lake, "INSERT INTO by_day VALUES (1, 'mon'), (2, 'tue')")
    files = lake.get(found["Statistics"]["DataManifestLocation"]).decode().split()
    assert [file.rpartition("/")[0] for file in files] == [
        "s3://lake/elsewhere",
        "s3://lake/by_day/day=tue",
    ]
    inserted(lake, "INSERT INTO by_day VALUES (3, 'tue')")
    rows = lake.rows("SELECT day, id FROM by_day ORDER BY id")
    assert rows == [("mon", "1"), ("tue", "2"), ("tue", "3")]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("checked SELECT 1", "mismatched column types: Table: [integer, decimal, double, varchar]"),
        ("checked VALUES ('1', 1, 1, 'a')", "TYPE_MISMATCH: Insert query has mismatched"),
        ("checked (id) SELECT 3000000000", "Table: [integer], Query: [bigint]"),
        ("checked (id, other) SELECT 1, 2", "Insert column name does not exist in target table: o"),
        ("checked (id, ID) SELECT 1, 2", "Insert column name is specified more than once: id"),
        (
            "checked (price) SELECT 12345678.5",
            "INVALID_CAST_ARGUMENT: Cannot cast the column price",
        ),
        ("nothing SELECT 1", "TABLE_NOT_FOUND"),
        ("other.shop.checked SELECT 1", "NOT_SUPPORTED: the data catalog other"),
        ("openx SELECT 'a'", "NOT_SUPPORTED: INSERT INTO a table with the SerDe org.openx"),
        ("headed SELECT 'a'", "NOT_SUPPORTED: INSERT INTO a table with skip.header.line.count"),
        ("seen SELECT 1", "NOT_SUPPORTED: Inserting into views is not supported"),
    ],
)
def test_what_athena_or_the_laptop_rejects(lake, sql, reason):
    if lake.run("SELECT 1 FROM checked")["Status"]["State"] == "FAILED":
        lake.table("checked", COLUMNS, {})
        lake.table("openx", {"a": "string"}, {}, serde="org.openx.data.jsonserde.JsonSerDe")
        lake.table("headed", {"a": "string"}, {}, serde=FORMATS["text"], header=1)
        lake.run("CREATE VIEW seen AS SELECT 1 AS a")
    assert reason in lake.error(f"INSERT INTO {sql}")
    assert lake.rows("SELECT count(*) FROM checked") == [("0",)]


def test_the_caller_needs_permission_to_write_at_the_location(lake):
    lake.table("guarded", {"id": "int"}, {})
    sql = "INSERT INTO guarded VALUES 1"
    error = lake.as_role(ATHENA, READ, RESULTS).error(sql)
    assert "Access denied when writing output to url: s3://lake/guarded/" in error
    write = (["s3:PutObject"], ["arn:aws:s3:::lake/guarded/*"])
    inserted(lake.as_role(ATHENA, READ, RESULTS, write), sql)
    assert lake.rows("SELECT * FROM guarded") == [("1",)]
