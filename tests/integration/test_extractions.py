"""Every kind of extraction returns the same training rows; a failed one trains no model."""

from __future__ import annotations

import io
import json
import subprocess
from contextlib import ExitStack

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.watching import ended, eventually
from tests.integration.extractions import EXTRACTIONS, extracting, named
from tests.integration.laptop import REPOSITORY, statuses, step

STEPS = [
    *("Extract", "Preprocess", "CheckData", "Train", "Evaluate", "CheckError"),
    *("CreateModel", "RegisterModel"),
]
# A cross join of the sales of TICKIT, which does not end during a test.
ENDLESS = "SELECT SUM(a.qtysold * b.qtysold * c.qtysold) AS n FROM sales a, sales b, sales c"

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def deployed(laptop):
    """A copy of the deployed pipeline for each kind of extraction, with the same role."""
    with ExitStack() as stack:
        for extraction in EXTRACTIONS:
            stack.enter_context(extracting(laptop, extraction))
        yield laptop.client("sagemaker")


def rows(laptop, summary, side):
    """Return the rows that Preprocess wrote in a run, sorted."""
    lake = laptop.output("redline-local-data", "LakeBucketName")
    prefix = f"s3://{lake}/runs/tickit/{summary['execution_id']}/Preprocess/{side}"
    parts = [pq.read_table(io.BytesIO(laptop.read(uri))) for uri in laptop.uris(prefix)]
    table = pa.concat_tables(parts)
    return table.sort_by([(name, "ascending") for name in table.column_names])


@pytest.mark.parametrize("extraction", EXTRACTIONS)
def test_the_training_rows_are_those_of_the_dataset(laptop, deployed, first_run, extraction):
    summary = laptop.json("start", named(extraction))
    assert statuses(summary, STEPS) == dict.fromkeys(STEPS, "Succeeded")
    for side in ("train", "test"):
        assert rows(laptop, summary, side).equals(rows(laptop, first_run, side))


@pytest.mark.parametrize("extraction", EXTRACTIONS)
@pytest.mark.parametrize(
    ("first_day", "said"),
    [
        ("'; drop table sales; --", ["invalid", "drop table sales"]),
        ("2050-01-01", ["the query returned no rows", "check the tables"]),
    ],
)
def test_a_bad_value_fails_the_run_and_changes_nothing(
    laptop, deployed, extraction, first_day, said
):
    before = laptop.json("query", "SELECT COUNT(*) AS n FROM sales")
    pipeline = named(extraction)
    summary = laptop.json("start", pipeline, "-p", f"FirstDay={first_day}", code=1)
    failed = step(summary, "Extract")
    assert failed["status"] == "Failed"
    assert [words for words in said if words not in failed["reason"]] == []
    assert summary["packages"] == []
    assert laptop.json("query", "SELECT COUNT(*) AS n FROM sales") == before


@pytest.fixture
def changed(deployed):
    """Replace the query of the pipelines, and restore it at the end."""
    original = {
        extraction: deployed.describe_pipeline(PipelineName=named(extraction))
        for extraction in EXTRACTIONS
    }

    def change(extraction, query):
        body = json.loads(original[extraction]["PipelineDefinition"])
        arguments = body["Steps"][0]["Arguments"]
        arguments["query"] = f"{query} WHERE :first_day < :last_day"
        name = named(extraction)
        deployed.update_pipeline(PipelineName=name, PipelineDefinition=json.dumps(body))
        return name

    yield change
    for extraction, described in original.items():
        deployed.update_pipeline(
            PipelineName=named(extraction),
            PipelineDefinition=described["PipelineDefinition"],
        )


@pytest.mark.parametrize("extraction", EXTRACTIONS)
def test_the_databases_error_is_the_reason(laptop, changed, extraction):
    pipeline = changed(extraction, "SELECT * FROM sold")
    summary = laptop.json("start", pipeline, code=1)
    assert 'relation "sold" does not exist' in step(summary, "Extract")["reason"]


@pytest.mark.parametrize("extraction", EXTRACTIONS)
def test_a_statement_that_is_aborted_fails_the_run(laptop, changed, extraction):
    pipeline = changed(extraction, ENDLESS)
    started = laptop.json("start", pipeline, "--no-wait")
    statement = _running(laptop)
    laptop.client("redshift-data").cancel_statement(Id=statement)
    summary = ended(laptop, started["execution_arn"])
    assert summary["PipelineExecutionStatus"] == "Failed"
    steps = laptop.client("sagemaker").list_pipeline_execution_steps(
        PipelineExecutionArn=started["execution_arn"]
    )["PipelineExecutionSteps"]
    assert f"statement {statement} is ABORTED" in steps[0]["FailureReason"]


def _running(laptop):
    """Wait for the statement with the endless query to run; return its id."""
    pages = laptop.client("redshift-data").get_paginator("list_statements")
    (statement,) = eventually(
        lambda: [
            each["Id"]
            for page in pages.paginate(Status="STARTED")
            for each in page["Statements"]
            if "sales a, sales b, sales c" in " ".join(each.get("QueryStrings", []))
        ]
    )
    return statement


def test_two_at_once_both_succeed_with_files_of_their_own(laptop, deployed):
    command = laptop.command("start", named("unload"), "--json")
    both = [
        subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    one, two = (json.loads(each.communicate(timeout=300)[0]) for each in both)
    assert one["status"] == two["status"] == "Succeeded"
    lake = laptop.output("redline-local-data", "LakeBucketName")
    files = [
        laptop.uris(f"s3://{lake}/unload/tickit/{each['execution_id']}/") for each in (one, two)
    ]
    assert all(files)
    assert set(files[0]).isdisjoint(files[1])
    assert rows(laptop, one, "train").equals(rows(laptop, two, "train"))
