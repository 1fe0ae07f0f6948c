"""What a crawl reads and writes: formats, partitions, changes and permissions."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pytest

from local_cloud.tests.crawlers.conftest import GLUE, S3, columns, parquet

MERGE = {"CrawlerOutput": {"Tables": {"AddOrUpdateBehavior": "MergeNewColumns"}}}
INHERIT = {"CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}}


def configuration(document):
    return json.dumps({"Version": 1.0, **document})


def query(lake, sql):
    """Return the rows of a query of Athena, without the header."""
    athena = lake.cloud.client("athena")
    started = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": lake.name},
        ResultConfiguration={"OutputLocation": "s3://lake/results/"},
    )
    name = started["QueryExecutionId"]
    while True:
        status = athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
    assert status["State"] == "SUCCEEDED", status
    rows = athena.get_query_results(QueryExecutionId=name)["ResultSet"]["Rows"][1:]
    return [tuple(datum.get("VarCharValue") for datum in row["Data"]) for row in rows]


def test_parquet_in_hive_partitions_is_one_table_that_athena_reads(lake):
    for day in ("1", "2"):
        for hour in ("a", "b c"):
            key = f"sales/day={day}/hour={hour.replace(' ', '%20')}/x.parquet"
            lake.put(key, parquet(id=[1], price=[2.5]))
    lake.put("sales/_SUCCESS", b"done")
    tables = lake.crawled("sales", TablePrefix="raw_")
    assert list(tables) == ["raw_sales"]
    table = tables["raw_sales"]
    assert columns(table) == {"id": "bigint", "price": "double"}
    assert table["PartitionKeys"] == [
        {"Name": "day", "Type": "string"},
        {"Name": "hour", "Type": "string"},
    ]
    assert table["Parameters"]["classification"] == "parquet"
    assert table["Parameters"]["objectCount"] == "4"
    assert table["Parameters"]["recordCount"] == "4"
    assert lake.partitions("raw_sales")["2", "b c"] == f"{lake.uri}sales/day=2/hour=b%20c/"
    rows = query(lake, "SELECT day, hour, id, price FROM raw_sales ORDER BY day, hour")
    assert rows == [
        ("1", "a", "1", "2.5"),
        ("1", "b c", "1", "2.5"),
        ("2", "a", "1", "2.5"),
        ("2", "b c", "1", "2.5"),
    ]


def test_folders_without_keys_are_partition_n(lake):
    lake.put("sales/2024/01/x.json", b'{"id": 1}\n')
    lake.put("sales/2025/02/x.json", b'{"id": 2}\n')
    table = lake.crawled("sales/")["sales"]
    assert [key["Name"] for key in table["PartitionKeys"]] == ["partition_0", "partition_1"]
    assert set(lake.partitions("sales")) == {("2024", "01"), ("2025", "02")}
    assert query(lake, "SELECT partition_1, id FROM sales ORDER BY id") == [
        ("01", "1"),
        ("02", "2"),
    ]


@pytest.mark.parametrize(
    ("content", "expected", "parameters"),
    [
        (
            b"Id,City,Share\n1,Bonn,0.5\n2,Ulm,1\n",
            {"id": "bigint", "city": "string", "share": "double"},
            {"skip.header.line.count": "1", "delimiter": ",", "areColumnsQuoted": "false"},
        ),
        (b"Bonn|yes\nUlm|no\n", {"col0": "string", "col1": "string"}, {"delimiter": "|"}),
        (b"1\t2.5\n3\tx\n", {"col0": "bigint", "col1": "string"}, {"delimiter": "\t"}),
        (
            b'{"Id": 1, "on": true, "big": 3000000000, "sub": {"x": 1.5}, "all": [1, 2]}\n'
            b'{"Id": 2.5, "none": null}\n',
            {
                "id": "double",
                "on": "boolean",
                "big": "bigint",
                "sub": "struct<x:double>",
                "all": "array<int>",
                "none": "string",
            },
            {"classification": "json"},
        ),
        (
            '{"text": "a\u2028b\x85c"}\r{"text": "d"}\n'.encode(),
            {"text": "string"},
            {"classification": "json", "recordCount": "2"},
        ),
        ("x,١\ny,٢\n".encode(), {"col0": "string", "col1": "string"}, {}),
    ],
)
def test_text_is_classified_by_its_content(lake, content, expected, parameters):
    lake.put("found/file", gzip.compress(content))
    table = lake.crawled("found")["found"]
    assert columns(table) == expected
    assert table["Parameters"]["compressionType"] == "gzip"
    assert parameters.items() <= table["Parameters"].items()


def test_a_csv_table_is_read_by_athena_without_its_header(lake):
    lake.put("calls/1.csv", b"id,city\n1,Bonn\n2,Ulm\n")
    lake.crawled("calls")
    assert query(lake, "SELECT id, city FROM calls ORDER BY id") == [("1", "Bonn"), ("2", "Ulm")]


def test_quotation_marks_in_one_file_do_not_make_another_table(lake):
    lake.put("calls/1.csv", b"id,city\n1,Bonn\n2,Ulm\n")
    lake.put("calls/2.csv", b'id,city\n3,"Neu-Ulm"\n4,Aalen\n')
    assert lake.crawled("calls")["calls"]["Parameters"]["areColumnsQuoted"] == "true"


def test_folders_of_different_schemas_are_tables_of_their_own(lake):
    lake.put("a/x", parquet(id=[1], city=["x"]))
    lake.put("b/x", parquet(number=[1], day=["x"]))
    assert list(lake.crawled()) == ["a", "b"]


def test_the_example_of_the_grouping_policy(lake):
    """https://docs.aws.amazon.com/glue/latest/dg/crawler-grouping-policy.html"""
    lake.put("table1/year=2017/data1.json", b'{"A": 1, "B": 2}')
    lake.put("table1/year=2018/data2.json", b'{"C": 3, "D": 4}')
    assert list(lake.crawled("table1")) == ["year_2017", "year_2018"]
    grouping = {"Grouping": {"TableGroupingPolicy": "CombineCompatibleSchemas"}}
    table = lake.crawled("table1", Configuration=configuration(grouping))["table1"]
    assert columns(table) == dict.fromkeys("abcd", "int")
    serde = table["StorageDescriptor"]["SerdeInfo"]
    assert serde["SerializationLibrary"] == "org.openx.data.jsonserde.JsonSerDe"
    assert serde["Parameters"] == {"paths": "A,B,C,D"}
    assert table["PartitionKeys"] == [{"Name": "year", "Type": "string"}]


def test_compatible_schemas_are_one_table_if_the_grouping_says_so(lake):
    lake.put("t/a/x", parquet(id=pa.array([1], pa.int32())))
    lake.put("t/b/x", parquet(id=[1], number=[1]))
    grouping = {"Grouping": {"TableGroupingPolicy": "CombineCompatibleSchemas"}}
    table = lake.crawled("t", Configuration=configuration(grouping))["t"]
    assert columns(table) == {"id": "bigint", "number": "bigint"}
    assert query(lake, "SELECT partition_0, number FROM t ORDER BY 1") == [("a", None), ("b", "1")]


def test_the_level_of_tables_counts_from_the_bucket(lake):
    for name in ("one", "two"):
        lake.put(f"deep/{name}/day=1/x", parquet(id=[1]))
    grouping = {"Grouping": {"TableLevelConfiguration": 4}}
    tables = lake.crawled("deep", Configuration=configuration(grouping))
    assert list(tables) == ["one", "two"]
    assert lake.partitions("one") == {("1",): f"{lake.uri}deep/one/day=1/"}


def test_the_next_crawl_adds_partitions_and_columns(lake):
    lake.put("sales/day=1/x", parquet(id=[1], city=["x"], number=[1]))
    name = lake.crawler("sales", Configuration=configuration(INHERIT))
    assert lake.crawl(name)["Status"] == "SUCCEEDED"
    lake.put("sales/day=2/x", parquet(id=[1], city=["x"], number=[1], more=[1]))
    assert lake.crawl(name)["Status"] == "SUCCEEDED"
    assert list(columns(lake.tables()["sales"])) == ["id", "city", "number", "more"]
    assert set(lake.partitions("sales")) == {("1",), ("2",)}
    found = lake.glue.get_partitions(DatabaseName=lake.name, TableName="sales")["Partitions"]
    assert all(len(each["StorageDescriptor"]["Columns"]) == 4 for each in found)


def test_a_policy_that_logs_adds_partitions_only(lake):
    lake.put("sales/day=1/x", parquet(id=[1], city=["x"], number=[1]))
    policy = {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"}
    name = lake.crawler("sales", SchemaChangePolicy=policy)
    lake.crawl(name)
    lake.put("sales/day=2/x", parquet(id=[1], city=["x"], number=[1], more=[1]))
    lake.s3.delete_object(Bucket="lake", Key=f"{lake.name}/sales/day=1/x")
    assert lake.crawl(name)["Status"] == "SUCCEEDED"
    assert "more" not in columns(lake.tables()["sales"])
    assert set(lake.partitions("sales")) == {("1",), ("2",)}


def test_new_columns_are_merged_and_kept(lake):
    lake.put("t/x", parquet(id=[1], old=[1]))
    name = lake.crawler("t", Configuration=configuration(MERGE))
    lake.crawl(name)
    lake.put("t/x", parquet(id=["text"], new=[1]))
    assert lake.crawl(name)["Status"] == "SUCCEEDED"
    assert columns(lake.tables()["t"]) == {"id": "bigint", "old": "bigint", "new": "bigint"}


@pytest.mark.parametrize("behavior", ["DELETE_FROM_DATABASE", "DEPRECATE_IN_DATABASE", "LOG"])
def test_tables_whose_files_were_deleted(lake, behavior):
    lake.put("a/day=1/x", parquet(id=[1], city=["x"]))
    lake.put("b/x", parquet(number=[1]))
    lake.put("a/day=2/x", parquet(id=[1], city=["x"]))
    name = lake.crawler("", SchemaChangePolicy={"DeleteBehavior": behavior})
    lake.crawl(name)
    for key in ("a/day=1/x", "b/x"):
        lake.s3.delete_object(Bucket="lake", Key=f"{lake.name}/{key}")
    targets = {"S3Targets": [{"Path": f"{lake.uri}{folder}"} for folder in ("a", "b")]}
    lake.glue.update_crawler(Name=name, Targets=targets)
    assert lake.crawl(name)["Status"] == "SUCCEEDED"
    is_deleted = behavior == "DELETE_FROM_DATABASE"
    assert list(lake.tables()) == (["a"] if is_deleted else ["a", "b"])
    assert (("1",) in lake.partitions("a")) != is_deleted
    if not is_deleted:
        is_marked = "DEPRECATED_BY_CRAWLER" in lake.tables()["b"]["Parameters"]
        assert is_marked == (behavior == "DEPRECATE_IN_DATABASE")


def test_a_name_that_is_taken_gets_a_hash(lake):
    lake.put("one/data/x", parquet(id=[1]))
    lake.put("two/data/x", parquet(id=[1]))
    lake.crawled("one/data")
    first, second = sorted(lake.crawled("two/data"))
    assert first == "data"
    assert second.startswith("data_")
    assert len(second) == len("data_") + 32


@pytest.mark.parametrize(
    ("allowed", "reason"),
    [
        ([(GLUE, "*")], "s3:ListBucket"),
        ([(GLUE, "*"), (["s3:ListBucket"], "*")], "s3:GetObject"),
        ([(["glue:Get*"], "*"), (S3, "*")], "glue:CreateTable"),
        ([([each for each in GLUE if "BatchCreate" not in each], "*"), (S3, "*")], "BatchCreate"),
    ],
)
def test_a_role_without_a_permission_fails_the_crawl(lake, allowed, reason):
    lake.put("t/day=1/x", parquet(id=[1]))
    last = lake.crawl(lake.crawler("t", Role=lake.new_role(*allowed)))
    assert last["Status"] == "FAILED"
    assert reason in last["ErrorMessage"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"x": b"one column\nof text\n"}, "is not Parquet, JSON lines or CSV"),
        ({"x": b"\xff\xfe"}, "is not Parquet, JSON lines or CSV"),
        ({"x": parquet(id=[1]), "y": b'{"id": 1}'}, "has files of different formats"),
        ({"x": parquet(id=[1]), "day=1/x": parquet(id=[1])}, "in folders of different levels"),
        ({"x": parquet(id=[1]), "a/x": parquet(no=[1])}, "folders with files of another schema"),
        ({"id=1/x": parquet(id=[1])}, "the partition key id is also the name of a column"),
        ({"x": b"a,A\n1,2\n"}, "has a name twice"),
        ({"x": gzip.compress(b"a,b\n1,2\n")[:-4]}, "/t/x is not a complete gzip file"),
        ({"x": b"\x1f\x8bno gzip"}, "/t/x is not a complete gzip file"),
        ({"x": gzip.compress(b"a,b\n1,2\n")[:-12] + bytes(12)}, "/t/x is not a complete gzip file"),
        ({"x": b"[" * 100_000}, "is not Parquet, JSON lines or CSV"),
        ({"x": b'{"a": 1, "A": "x"}\n'}, "the columns a, A, which differ in case only"),
        ({"x": parquet(id=[1], ID=["x"])}, "the columns id, ID, which differ in case only"),
    ],
)
def test_files_that_are_not_supported_fail_the_crawl_by_name(lake, files, reason):
    for key, content in files.items():
        lake.put(f"t/{key}", content)
    last = lake.crawl(lake.crawler("t"))
    assert last["Status"] == "FAILED"
    assert reason in last["ErrorMessage"]
    assert lake.tables() == {}


def test_more_tables_than_the_threshold_are_not_created(lake):
    lake.put("a/x", parquet(id=[1]))
    lake.put("b/x", parquet(no=[1]))
    limit = {"CrawlerOutput": {"Tables": {"TableThreshold": 1}}}
    last = lake.crawl(lake.crawler("", Configuration=configuration(limit)))
    assert "found 2 tables; TableThreshold allows 1" in last["ErrorMessage"]
    assert lake.tables() == {}


def test_the_log_of_a_crawl_is_written_with_its_role(lake):
    lake.put("t/x", parquet(id=[1]))
    name = lake.crawler("t")
    last = lake.crawl(name)
    assert (last["LogGroup"], last["LogStream"]) == ("/aws-glue/crawlers", name)
    logs = lake.cloud.client("logs")
    events = logs.get_log_events(logGroupName=last["LogGroup"], logStreamName=name)["events"]
    assert any(last["MessagePrefix"] in each["message"] for each in events)
    assert any("Created table t" in each["message"] for each in events)


def test_excluded_objects_are_not_read(lake):
    lake.put("t/day=1/x", parquet(id=[1]))
    lake.put("t/day=2/notes.txt", b"no table")
    lake.put("t/old/deep/x", b"{}")
    targets = {"S3Targets": [{"Path": f"{lake.uri}t", "Exclusions": ["*/*.txt", "old/**"]}]}
    last = lake.crawl(lake.crawler("t", Targets=targets))
    assert last["Status"] == "SUCCEEDED", last
    assert set(lake.partitions("t")) == {("1",)}


def test_a_target_that_is_one_object_is_a_table_without_rows_in_athena(lake):
    """Athena reads folders: https://docs.aws.amazon.com/athena/latest/ug/tables-location-format.html"""
    lake.put("t/one.csv", b"id,name\n1,a\n2,b\n")
    lake.put("t/one.csv.other", b"no table")
    (found,) = lake.crawled("t/one.csv").values()
    assert found["Name"] == "one_csv"
    assert found["StorageDescriptor"]["Location"] == f"{lake.uri}t/one.csv"
    assert columns(found) == {"id": "bigint", "name": "string"}
    assert query(lake, "SELECT count(*) FROM one_csv") == [("0",)]


NEW_FOLDERS = {
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"},
    "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
}


def test_an_incremental_crawl_adds_the_partitions_of_new_folders_only(lake):
    """https://docs.aws.amazon.com/glue/latest/dg/incremental-crawls.html"""
    lake.put("sales/year=1/day=1/x", parquet(id=[1], city=["x"]))
    lake.put("other/x", b'{"a": 1}')
    name = lake.crawler("", **NEW_FOLDERS)
    assert (
        lake.glue.get_crawler(Name=name)["Crawler"]["RecrawlPolicy"]
        == (NEW_FOLDERS["RecrawlPolicy"])
    )
    lake.crawl(name)
    assert list(lake.tables()) == ["other", "sales"]
    lake.put("sales/year=1/day=1/y", b"not read: its folder is known")
    lake.put("sales/year=2/day=1/x", parquet(id=[2], city=["x"]))
    lake.put("sales/year=2/x", parquet(id=[2], city=["x"]))
    lake.put("sales/year=3/day=1/x", b'{"id": 1}')
    lake.put("new/x", parquet(id=[1]))
    lake.s3.delete_object(Bucket="lake", Key=f"{lake.name}/other/x")
    assert lake.crawl(name)["Status"] == "SUCCEEDED"
    assert list(lake.tables()) == ["other", "sales"]
    assert lake.partitions("sales") == {
        ("1", "1"): f"{lake.uri}sales/year=1/day=1/",
        ("2", "1"): f"{lake.uri}sales/year=2/day=1/",
    }
    logs = lake.cloud.client("logs")
    events = logs.filter_log_events(logGroupName="/aws-glue/crawlers", logStreamNames=[name])
    ignored = [each["message"] for each in events["events"] if "Ignored" in each["message"]]
    for folder in ("year=2/:", "year=3/day=1/:", "new/:"):
        assert any(folder in line for line in ignored), (folder, ignored)
    lake.s3.delete_object(Bucket="lake", Key=f"{lake.name}/sales/year=1/day=1/y")
    assert query(lake, "SELECT id FROM sales WHERE year = '2'") == [("2",)]


def test_the_targets_of_an_incremental_crawler_cannot_be_changed(lake):
    name = lake.crawler("t", **NEW_FOLDERS)
    targets = {"S3Targets": [{"Path": f"{lake.uri}other"}]}
    with pytest.raises(lake.glue.exceptions.InvalidInputException, match="cannot be changed"):
        lake.glue.update_crawler(Name=name, Targets=targets)
    everything = {"RecrawlBehavior": "CRAWL_EVERYTHING"}
    lake.glue.update_crawler(Name=name, Targets=targets, RecrawlPolicy=everything)
    assert (
        lake.glue.get_crawler(Name=name)["Crawler"]["Targets"]["S3Targets"][0]["Path"]
        == (targets["S3Targets"][0]["Path"])
    )
