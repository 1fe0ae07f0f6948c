"""A deployed tickit with incremental extraction unloads each day once, and trains on all days."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.compiler.files import file_text
from pipeline_code.pipelines import folder_of
from tests.application.laptop import APP_OF_INCREMENTAL
from tests.integration.laptop import IMPORTS, REPOSITORY, Laptop, started, step, write_app

pytestmark = pytest.mark.laptop

LATE_DAYS = 3
QUERY = file_text(folder_of("tickit"), "query.sql")
LAST = "SELECT MAX(e.dateid) FROM event e JOIN sales s ON s.eventid = e.eventid"
# The sales of the last day, which are not in the warehouse at the first run.
MOVED = f"SELECT s.* FROM sales s JOIN event e ON e.eventid = s.eventid WHERE e.dateid = ({LAST})"
NO_LISTS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::*/lists/*"}
    ],
}


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("incremental")
    settings = (REPOSITORY / "pyproject.toml").read_text()
    write_app(folder / "app", APP_OF_INCREMENTAL, settings=settings)
    laptop = Laptop(folder / "state", folder=folder / "app", environment=IMPORTS)
    with started(laptop):
        laptop.run("deploy", "local")
        laptop.run("load")
        laptop.run("query", f"CREATE TABLE later AS {MOVED}")
        laptop.run("query", "DELETE FROM sales WHERE salesid IN (SELECT salesid FROM later)")
        yield laptop


@pytest.fixture(scope="module")
def interrupted(laptop):
    """The summary of a run that ends after UNLOAD, before the list of days is written."""
    role = _role_of_extraction(laptop)
    iam = laptop.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName="interrupt", PolicyDocument=json.dumps(NO_LISTS))
    summary = laptop.json("tick", "tickit", code=1)
    iam.delete_role_policy(RoleName=role, PolicyName="interrupt")
    return summary


@pytest.fixture(scope="module")
def first(laptop, interrupted):
    """The summary of the first run that publishes its days."""
    return laptop.json("tick", "tickit")


@pytest.fixture(scope="module")
def second(laptop, first):
    """The summary of a run after a new day, a late sale, and a correction of an old day."""
    laptop.run("query", "INSERT INTO sales SELECT * FROM later")
    days = _days(laptop)
    # The group is in the query only if it has sales.
    laptop.run("query", f"DELETE FROM sales WHERE eventid IN ({_events(days[10])})")
    late = _events(days[-2])
    laptop.run("query", f"UPDATE sales SET qtysold = qtysold + 1 WHERE eventid IN ({late})")
    return laptop.json("tick", "tickit")


def _role_of_extraction(laptop):
    names = laptop.client("cloudformation").list_stack_resources(StackName="redline-local-tickit")
    (role,) = [
        each["PhysicalResourceId"]
        for each in names["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::IAM::Role"
        and each["LogicalResourceId"].startswith("ExtractionAtOnce")
    ]
    return role


def _days(laptop):
    """Return the days of the query, the newest last."""
    found = laptop.json("query", f"SELECT DISTINCT caldate FROM ({QUERY}) AS q ORDER BY 1")
    return [str(row["caldate"]) for row in found]


def _events(day):
    """Return the query of the events of one group of a day."""
    group = (
        "SELECT MIN(e.eventid) FROM sales s JOIN event e ON e.eventid = s.eventid "
        f"JOIN date d ON d.dateid = e.dateid WHERE d.caldate = '{day}'"
    )
    return (
        "SELECT e.eventid FROM event e JOIN event g ON e.venueid = g.venueid AND e.catid = g.catid "
        f"AND e.dateid = g.dateid WHERE g.eventid = ({group})"
    )


def outputs(summary, name="Extract"):
    return {
        each["Name"]: each["Value"]
        for each in step(summary, name)["metadata"]["Lambda"]["OutputParameters"]
    }


def counts(summary):
    found = outputs(summary)
    return [int(found[name]) for name in ("unloaded_rows", "kept_rows", "rows")]


def unloaded_rows(laptop, summary):
    """Return the rows that Redshift says it has unloaded for a run, in the manifest of UNLOAD."""
    found = outputs(summary)
    manifest = laptop.read(f"{found['s3_uri']}rows/{found['query_id']}/manifest")
    return json.loads(manifest)["meta"]["record_count"]


def trained_rows(laptop, summary):
    """Return the rows that Preprocess read in a run, sorted."""
    lake = laptop.output("redline-local-data", "LakeBucketName")
    prefix = f"s3://{lake}/runs/tickit/{summary['execution_id']}/Preprocess"
    uris = [uri for side in ("train", "test") for uri in laptop.uris(f"{prefix}/{side}/")]
    rows = pa.concat_tables(pq.read_table(io.BytesIO(laptop.read(uri))) for uri in uris)
    return sorted(
        (row["venueid"], row["catid"], str(row["caldate"]), row["total_sold"], row["events"])
        for row in rows.to_pylist()
    )


def all_rows(laptop):
    """Return the rows of the query, as a full extraction returns them."""
    return sorted(
        (row["venueid"], row["catid"], str(row["caldate"]), row["total_sold"], row["events"])
        for row in laptop.json("query", QUERY)
    )


def rows_of(laptop, days):
    named = ", ".join(f"'{day}'" for day in days)
    (row,) = laptop.json(
        "query", f"SELECT COUNT(*) AS n FROM ({QUERY}) q WHERE caldate IN ({named})"
    )
    return row["n"]


def test_a_run_that_ends_before_its_list_keeps_no_day(laptop, interrupted, first):
    assert "AccessDenied" in step(interrupted, "Extract")["reason"]
    assert counts(first)[1] == 0, "no row is read from the lake"


def test_the_first_run_unloads_all_days(laptop, first):
    unloaded, kept, rows = counts(first)
    assert (unloaded, kept) == (rows, 0)
    assert unloaded_rows(laptop, first) == rows
    assert len(trained_rows(laptop, first)) == rows


def test_the_next_run_unloads_new_late_and_changed_days_only(laptop, first, second):
    days = _days(laptop)
    late = [days[10], *days[-(LATE_DAYS + 2) :]]
    unloaded, kept, rows = counts(second)
    assert unloaded == unloaded_rows(laptop, second) == rows_of(laptop, late)
    assert unloaded < rows / 20
    assert kept == rows - unloaded


def test_it_trains_on_the_rows_of_a_full_extraction(laptop, first, second):
    assert trained_rows(laptop, second) == all_rows(laptop)
    assert second["packages"]


def test_the_days_of_the_warehouse_and_of_the_lake_are_described(laptop, first, second):
    days, message = _days(laptop), outputs(second)["message"]
    unloaded, kept, _ = counts(second)
    named = f"({days[10]}, {days[-(LATE_DAYS + 2)]} to {days[-1]})"
    old = f"({days[0]} to {days[9]}, {days[11]} to {days[-(LATE_DAYS + 3)]})"
    assert message == (
        f"warehouse: {LATE_DAYS + 3} of {len(days)} days {named}, {unloaded} rows; "
        f"lake: {len(days) - LATE_DAYS - 3} of {len(days)} days {old}, {kept} rows"
    )
    assert f"Extract: {message}" in laptop.run("describe", second["execution_id"]).stdout


def test_without_new_data_nothing_is_unloaded(laptop, second):
    third = laptop.json("tick", "tickit")
    assert [each["name"] for each in third["steps"]] == ["CompareData", "HasNewData"]
    described = laptop.run("describe", third["execution_id"]).stdout
    assert "no new data: the rows, the query and the code are those of" in described


def test_a_changed_value_of_an_old_day_is_read_when_the_days_are_renewed(laptop, second):
    old = _events(_days(laptop)[20])
    laptop.run("query", f"UPDATE sales SET qtysold = qtysold + 1 WHERE eventid IN ({old})")
    assert [each["name"] for each in laptop.json("tick", "tickit")["steps"]] == [
        "CompareData",
        "HasNewData",
    ], "the documented limit"
    renewed = laptop.json("start", "tickit", "-p", "KeptDays=renew")
    assert counts(renewed)[1] == 0
    assert trained_rows(laptop, renewed) == all_rows(laptop)
