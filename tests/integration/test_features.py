"""The feature groups of TICKIT: filled twice, prepared, joined at the time of each request."""

from __future__ import annotations

import io
import json
import math
import time
from collections import defaultdict
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from tests.application.laptop import APP_OF_FEATURE_STORE
from tests.faults.watching import eventually
from tests.integration.laptop import IMPORTS, REPOSITORY, Laptop, started, write_app

pytestmark = pytest.mark.laptop

GROUPS = {
    **{"venues": "Venues", "events": "Events", "sales-by-day": "SalesByDay"},
    "venues-prepared": "Prepared",
}
# The offline store of events has a file for each hour of a listing: too many to be read often.
JOINED = ("venues", "sales-by-day")
# Enough rows and days for the data contract of tickit.
PERIOD = ("-p", "FirstDay=2008-10-01", "-p", "LastDay=2008-12-31")
WRITTEN = ("write_time", "api_invocation_time", "is_deleted")


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("features")
    settings = (REPOSITORY / "pyproject.toml").read_text()
    write_app(folder / "app", APP_OF_FEATURE_STORE, settings=settings)
    laptop = Laptop(folder / "state", folder=folder / "app", environment=IMPORTS)
    with started(laptop):
        laptop.run("deploy", "local")
        laptop.run("load")
        yield laptop


def reports(laptop, summary):
    """Return group -> the report of its ingestion."""
    lake = laptop.output("redline-local-data", "LakeBucketName")
    run = f"s3://{lake}/runs/tickit-features/{summary['execution_id']}"
    return {
        group: json.loads(laptop.read(f"{run}/Ingest{name}/report/report.json"))
        for group, name in GROUPS.items()
    }


# Object and ETag -> rows. Most files have not changed when the rows are read again.
ROWS = {}


def offline(laptop, group, *, year=None):
    """Return the rows of the Parquet files of a group, or those of a year of the event time."""
    s3, lake = laptop.client("s3"), laptop.output("redline-local-data", "LakeBucketName")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=lake, Prefix=f"features/{group}/")
    files = [
        (each["Key"], each["ETag"])
        for page in pages
        for each in page.get("Contents", [])
        if year is None or f"/year={year}/" in each["Key"]
    ]
    for key, version in files:
        if (key, version) not in ROWS:
            body = s3.get_object(Bucket=lake, Key=key)["Body"].read()
            ROWS[key, version] = pq.read_table(io.BytesIO(body)).to_pylist()
    return [row for file in files for row in ROWS[file]]


def wait_for_rows(laptop, group, rows):
    """Wait until the offline store, which is written in the background, has this many rows."""
    eventually(lambda: len(offline(laptop, group)) == rows)


@pytest.fixture(scope="module")
def first(laptop):
    return reports(laptop, laptop.json("start", "tickit-features", *PERIOD))


@pytest.fixture(scope="module")
def second(laptop, first):
    for group in JOINED:
        wait_for_rows(laptop, group, first[group]["read"])
    return reports(laptop, laptop.json("start", "tickit-features", *PERIOD))


def test_the_first_run_writes_every_record(first):
    for report in first.values():
        assert report["written"] == report["read"] > 0


def test_the_second_run_writes_nothing_online_and_offline(laptop, first, second):
    for group, report in second.items():
        assert report["written"] == report["refused"] == 0
        assert report["unchanged"] + report["older"] == report["read"] == first[group]["read"]
    for group in JOINED:
        wait_for_rows(laptop, group, first[group]["read"])


def test_the_group_of_a_flow_has_the_rows_that_spark_prepared(laptop, second):
    raw, prepared = (online(laptop, group, 1) for group in ("venues", "venues-prepared"))
    assert float(prepared["seats"]) == math.log1p(int(raw.get("seats", 0)))
    assert float(prepared["tickets"]) == math.log1p(int(raw["tickets"]))
    assert prepared["changed"] == raw["changed"]
    assert "state" not in prepared
    run = laptop.json("runs", "tickit-features")[-1]["execution_id"]
    assert "running spark submit command" in laptop.run("logs", run, "IngestPrepared").stdout


def test_messages_of_a_stream_become_records(laptop, second):
    """PutRecord writes an older event to the offline store only.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_PutRecord.html
    """
    sqs = laptop.client("sqs")
    url = laptop.output("redline-local-tickit-features", "EventsStreamQueueUrl")
    event = {"eventid": 900001, "listed": "2030-01-02T00:00:00Z", "venueid": 1, "catid": 9}

    def send(**changes):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event | changes))

    send(name="newer")
    eventually(lambda: online(laptop, "events", 900001).get("name") == "newer")
    send(name="older", listed="2030-01-01T00:00:00Z")
    eventually(lambda: len(offline(laptop, "events", year=2030)) == 2)
    assert online(laptop, "events", 900001)["name"] == "newer"
    send(seats=5)
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    target = json.loads(shown["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    dead_letters = sqs.get_queue_url(QueueName=target.rpartition(":")[2])["QueueUrl"]
    eventually(lambda: "Messages" in sqs.receive_message(QueueUrl=dead_letters))


def online(laptop, group, identifier):
    """Return the values of an online record by feature; empty without a record."""
    answer = laptop.client("sagemaker-featurestore-runtime").get_record(
        FeatureGroupName=f"redline-local-{group}", RecordIdentifierValueAsString=str(identifier)
    )
    return {each["FeatureName"]: each["ValueAsString"] for each in answer.get("Record", [])}


@pytest.fixture(scope="module")
def changed(laptop, second):
    """A late, a repeated and a corrected record."""
    runtime = laptop.client("sagemaker-featurestore-runtime")

    def put(group, record, **changes):
        values = {name: value for name, value in record.items() if name not in WRITTEN}
        texts = {name: str(value) for name, value in (values | changes).items()}
        runtime.put_record(
            FeatureGroupName=f"redline-local-{group}",
            Record=[{"FeatureName": name, "ValueAsString": each} for name, each in texts.items()],
        )

    venues = {row["venueid"]: row for row in offline(laptop, "venues") if row["seats"] is not None}
    sold = next(
        row
        for row in offline(laptop, "sales-by-day")
        if row["venueid"] in venues and "2008-10-15" <= row["day"] < "2008-11-01"
    )
    venue = venues[sold["venueid"]]
    put("venues", venue, changed="2008-10-15T00:00:00Z", tickets=123456)
    put("venues", venue)
    put("sales-by-day", sold, known="2009-01-05T00:00:00Z", tickets=9999)
    wait_for_rows(laptop, "venues", second["venues"]["read"] + 2)
    wait_for_rows(laptop, "sales-by-day", second["sales-by-day"]["read"] + 1)


def slow_join(sales, venues):
    """Return the rows of query_of_store.sql, by a search through all records."""
    by_id, by_venue = defaultdict(list), defaultdict(list)
    for row in sales:
        by_id[row["id"]].append(row)
    for row in venues:
        by_venue[row["venueid"]].append(row)
    for records in by_id.values():
        row = max(records, key=lambda each: (each["known"], each["write_time"]))
        known = [each for each in by_venue[row["venueid"]] if each["changed"][:10] <= row["day"]]
        best = max(known, key=lambda each: (each["changed"], each["write_time"]), default={})
        seen = [best.get(name) or 0 for name in ("seats", "events", "tickets")]
        yield tuple(
            map(str, (row["tickets"], row["venueid"], row["catid"], row["day"], *seen))
        )  # fmt: skip


def athena(laptop, sql):
    """Return the rows of a query."""
    client = laptop.client("athena")
    query = client.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": "redline_local_features"},
        WorkGroup="redline-local",
    )["QueryExecutionId"]
    while True:
        status = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.2)
    assert status["State"] == "SUCCEEDED", status
    pages = client.get_paginator("get_query_results").paginate(QueryExecutionId=query)
    rows = [row["Data"] for page in pages for row in page["ResultSet"]["Rows"]]
    header, *values = [[each.get("VarCharValue") for each in row] for row in rows]
    return [dict(zip(header, row, strict=True)) for row in values]


def test_the_training_set_has_what_was_known_at_the_time_of_each_row(laptop, changed):
    sql = (REPOSITORY / "pipeline_code/tickit/query_of_store.sql").read_text()
    names = ("total_sold", "venueid", "catid", "caldate", "venue_seats", "venue_events")
    found = [tuple(row[name] for name in (*names, "venue_tickets")) for row in athena(laptop, sql)]
    expected = list(slow_join(offline(laptop, "sales-by-day"), offline(laptop, "venues")))
    assert sorted(found) == sorted(expected)
    late = [row for row in found if row[-1] == "123456"]
    assert late
    days = [datetime.fromisoformat(row[3]) for row in late]
    assert all(datetime(2008, 10, 15) <= day < datetime(2008, 11, 1) for day in days)
    assert len([row for row in found if row[0] == "9999"]) == 1


def test_a_crawler_makes_the_hours_of_the_offline_store_partitions(laptop, changed):
    glue, name = laptop.client("glue"), "redline-local-venues"
    glue.start_crawler(Name=name)
    eventually(lambda: glue.get_crawler(Name=name)["Crawler"]["State"] == "READY")
    last = glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]
    assert last["Status"] == "SUCCEEDED", last
    rows = offline(laptop, "venues")
    (found,) = athena(laptop, "SELECT count(*) AS n FROM venues_data")
    assert found["n"] == str(len(rows)) != "0"
    (found,) = athena(
        laptop,
        "SELECT count(*) AS n FROM venues_data WHERE year = '2008' AND month = '10' AND day = '15'",
    )
    assert found["n"] == str(sum(row["changed"].startswith("2008-10-15") for row in rows))


def test_a_model_is_trained_on_the_training_set(laptop, changed):
    summary = laptop.json("start", "tickit", "-p", "MaxErrorRatio=99")
    assert summary["status"] == "Succeeded"
    (package,) = summary["packages"]
    described = laptop.client("sagemaker").describe_model_package(ModelPackageName=package["arn"])
    assert "query_sha256" in described["CustomerMetadataProperties"]
    assert summary["metrics"]["EvaluationReport"]["regression_metrics"]["rmse"]["value"] > 0


def test_a_request_with_identifiers_gets_the_prediction_of_the_whole_row(laptop, changed):
    laptop.run("approve", "tickit")
    row = {"venueid": 1, "catid": 9, "caldate": "2009-01-10", "holiday": False, "events": 2}
    answer = laptop.client("lambda").invoke(
        FunctionName=laptop.output("redline-local-tickit-serving", "OnlineFeaturesFunctionName"),
        Payload=json.dumps({"rows": [row]}),
    )
    found = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, found
    venue = online(laptop, "venues", 1)
    whole = {
        **row,
        **{f"venue_{name}": venue.get(name, "0") for name in ("seats", "events", "tickets")},
    }
    (expected,) = predictions(laptop, whole)
    assert found["predictions"] == [expected]
    other = {**whole, "venue_tickets": "0", "venue_events": "0"}
    assert predictions(laptop, other) != [expected]


def predictions(laptop, row):
    """Return the answers of the endpoint to a whole row."""
    answer = laptop.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="redline-local-tickit",
        ContentType="application/jsonlines",
        Accept="application/jsonlines",
        Body=json.dumps(row).encode(),
    )
    return [json.loads(line) for line in answer["Body"].read().splitlines()]
