"""Queries: real rows of the lake, with Trino's semantics, types and texts."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.athena.conftest import parquet

OPEN_CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
DELIMITED = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
JSON = "org.openx.data.jsonserde.JsonSerDe"


def test_a_query_returns_the_rows_of_the_lake(lake):
    assert lake.rows("SELECT id, city FROM sales ORDER BY id") == [
        ("1", "Bonn"),
        ("2", None),
        ("3", 'say "x", y'),
    ]
    assert lake.rows("SELECT count(*) AS n FROM awsdatacatalog.shop.SALES s WHERE s.ID > 1") == [
        ("2",)
    ]


def test_the_result_is_a_csv_file_at_the_output_location(lake):
    found = lake.run("SELECT id, city FROM sales ORDER BY id")
    place = found["ResultConfiguration"]["OutputLocation"]
    assert place == f"s3://results/work/{found['QueryExecutionId']}.csv"
    assert lake.get(place) == b'"id","city"\n"1","Bonn"\n"2",\n"3","say ""x"", y"\n'
    assert lake.get(f"{place}.metadata")
    key = place.removeprefix("s3://results/")
    assert lake.s3.head_object(Bucket="results", Key=key)["ServerSideEncryption"] == "AES256"
    assert found["Statistics"]["DataScannedInBytes"] > 0
    assert (found["StatementType"], found["SubstatementType"]) == ("DML", "SELECT")


def test_pages_and_column_types(lake):
    found = lake.run("SELECT id, city, cast(id AS decimal(8,2)) d FROM sales ORDER BY id")
    name = {"QueryExecutionId": found["QueryExecutionId"]}
    first = lake.athena.get_query_results(**name, MaxResults=2)
    assert [len(first["ResultSet"]["Rows"]), first["NextToken"]] == [2, "2"]
    second = lake.athena.get_query_results(**name, MaxResults=2, NextToken="2")
    assert len(second["ResultSet"]["Rows"]) == 2
    assert "NextToken" not in second
    columns = first["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [(each["Name"], each["Type"]) for each in columns] == [
        ("id", "bigint"),
        ("city", "varchar"),
        ("d", "decimal"),
    ]
    assert (columns[2]["Precision"], columns[2]["Scale"]) == (8, 2)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2e0", "3.5"),
        ("1e0 / 0", "Infinity"),
        ("7 % 4", "3"),
        ("sum(id)", "6"),
        ("avg(id)", "2.0"),
        ("12345678.0e0", "1.2345678E7"),
        ("cast(0.0001 AS double)", "1.0E-4"),
        ("timestamp '2024-01-02 03:04:05'", "2024-01-02 03:04:05.000"),
        ("date '2024-01-02' + interval '1' day", "2024-01-03"),
        ("date_add('month', 1, date '2024-01-31')", "2024-02-29"),
        ("1.50", "1.50"),
        ("date_diff('day', date '2024-01-01', date '2024-01-31')", "30"),
        ("date_format(timestamp '2024-01-02 03:04:05', '%Y/%m')", "2024/01"),
        ("array[1, 2]", "[1, 2]"),
        ("true", "true"),
        ("'a' || null", None),
        ("max_by(city, id)", 'say "x", y'),
        ("try_cast('x' AS integer)", None),
    ],
)
def test_expressions_have_the_values_of_trino(lake, expression, expected):
    assert lake.rows(f"SELECT {expression} FROM sales LIMIT 1") == [(expected,)]


def test_unnamed_columns_have_the_names_of_trino(lake):
    found = lake.run("SELECT 1, id + 1 FROM sales")
    assert lake.get(found["ResultConfiguration"]["OutputLocation"]).startswith(b'"_col0","_col1"\n')


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT * FROM", "SYNTAX_ERROR"),
        ("SELECT * FROM nothing", "TABLE_NOT_FOUND: Table 'awsdatacatalog.shop.nothing'"),
        ("SELECT * FROM nowhere.sales", "SCHEMA_NOT_FOUND: Schema 'nowhere' does not exist"),
        ("SELECT unknown FROM sales", "COLUMN_NOT_FOUND"),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed"),
        ("SELECT id / 0 FROM sales", "DIVISION_BY_ZERO"),
        ("SELECT id / (id - id) FROM sales", "DIVISION_BY_ZERO"),
        ("SELECT 1.5 / 2.5", "NOT_SUPPORTED: the division of decimals"),
        ("SELECT typeof(id) FROM sales", "NOT_SUPPORTED: the function typeof"),
        ("SELECT getenv('PATH')", "NOT_SUPPORTED: the function getenv"),
        ("SELECT * FROM read_csv('/etc/passwd')", "NOT_SUPPORTED"),
        ("SELECT * FROM other.shop.sales", "NOT_SUPPORTED: the data catalog other"),
        ("DELETE FROM sales", "NOT_SUPPORTED: DELETE"),
        ("INSERT OVERWRITE sales SELECT 1, 'x'", "NOT_SUPPORTED: INSERT OVERWRITE"),
        ("SHOW TABLES", "NOT_SUPPORTED: SHOW"),
    ],
)
def test_a_failed_query_names_the_reason(lake, sql, reason):
    assert reason in lake.error(sql)


def test_parameters_replace_question_marks(lake):
    sql = "SELECT id FROM sales WHERE city = ? OR id = ?"
    assert lake.rows(sql, ExecutionParameters=["'Bonn'", "2"]) == [("1",), ("2",)]
    assert "expected 2 but found 1" in lake.error(sql, ExecutionParameters=["2"])
    assert "is not a literal" in lake.error("SELECT ?", ExecutionParameters=["1 FROM sales"])


def test_text_formats(lake):
    columns = {"a": "int", "b": "string", "c": "timestamp"}
    lines = b"1,x,2024-01-02 03:04:05\nwrong,\\N\n"
    lake.table("delimited", columns, {"1": lines}, serde=DELIMITED, settings={"field.delim": ","})
    expected = [("1", "x", "2024-01-02 03:04:05.000"), (None, None, None)]
    assert lake.rows("SELECT * FROM delimited") == expected
    objects = b'{"A": 1, "b": "x", "c": "2024-01-02 03:04:05"}\n{"b": null}\n'
    lake.table("objects", columns, {"1.gz": gzip.compress(objects)}, serde=JSON)
    assert lake.rows("SELECT * FROM objects") == expected
    lake.table("quoted", {"a": "string"}, {"1": b'a\n"x,y"\n'}, serde=OPEN_CSV, header=1)
    assert lake.rows("SELECT * FROM quoted") == [("x,y",)]
    lake.table("broken", columns, {"1": b"[1]\n"}, serde=JSON)
    assert "HIVE_BAD_DATA: s3://lake/broken/1" in lake.error("SELECT * FROM broken")


def test_partitions_are_columns(lake):
    rows = parquet(pa.table({"n": pa.array([1], pa.int32())}))
    files = {"day=1/x": rows, "day=2/x": rows, "other/x": rows}
    lake.table("days", {"n": "int"}, files, keys=["day"])
    assert lake.rows("SELECT * FROM days") == []
    lake.run("ALTER TABLE days ADD IF NOT EXISTS PARTITION (day = '1')")
    assert lake.rows("SELECT n, day FROM days") == [("1", "1")]
    lake.run("MSCK REPAIR TABLE days")
    lake.run("MSCK REPAIR TABLE shop.days")
    assert lake.rows("SELECT day FROM days ORDER BY day") == [("1",), ("2",)]
    assert "already exists" in lake.error("ALTER TABLE days ADD PARTITION (day = '1')")


def test_tables_are_created_and_dropped(lake):
    lake.put("made/1", b"1;x\n")
    sql = (
        "CREATE EXTERNAL TABLE IF NOT EXISTS made (a int, b string) ROW FORMAT DELIMITED "
        "FIELDS TERMINATED BY ';' LOCATION 's3://lake/made/'"
    )
    assert lake.run(sql)["StatementType"] == "DDL"
    assert lake.run(sql)["Status"]["State"] == "SUCCEEDED"
    assert lake.rows("SELECT a, b FROM made") == [("1", "x")]
    lake.run("DROP TABLE made")
    assert "TABLE_NOT_FOUND" in lake.error("SELECT * FROM made")
    lake.run("CREATE DATABASE IF NOT EXISTS second")
    parquet_table = (
        "CREATE EXTERNAL TABLE second.sales (id bigint, city string) STORED AS PARQUET "
        "LOCATION 's3://lake/sales/' TBLPROPERTIES ('owner' = 'me')"
    )
    lake.run(parquet_table)
    assert lake.rows("SELECT count(*) FROM second.sales") == [("3",)]


@pytest.mark.parametrize(("format_", "serde"), [("parquet", None), ("json", JSON)])
def test_unload_writes_files(lake, format_, serde):
    target = f"'s3://lake/out-{format_}/' WITH (format = '{format_}')"
    sql = f"UNLOAD (SELECT id, city FROM sales) TO {target}"
    found = lake.run(sql)
    assert found["Status"]["State"] == "SUCCEEDED"
    manifest = f"s3://results/work/{found['QueryExecutionId']}-manifest.csv"
    assert lake.get(manifest).decode().startswith(f"s3://lake/out-{format_}/")
    options = {"serde": serde} if serde else {}
    lake.table(f"out-{format_}", {"id": "bigint", "city": "string"}, {}, **options)
    assert lake.rows(f'SELECT id FROM "out-{format_}" ORDER BY id') == [("1",), ("2",), ("3",)]
    assert "HIVE_PATH_ALREADY_EXISTS" in lake.error(sql)


def test_results_are_only_of_queries_that_succeeded(lake):
    found = lake.run("SELECT * FROM nothing")
    with pytest.raises(ClientError, match="Final query state: FAILED"):
        lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])
    with pytest.raises(ClientError, match="was not found"):
        lake.athena.get_query_execution(QueryExecutionId="x")
