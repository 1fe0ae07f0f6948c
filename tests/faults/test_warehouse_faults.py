"""The warehouse and the functions that wait for it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.faults.called import Call, Function, running, started_for
from tests.faults.pipelines import copy_of
from tests.faults.watching import eventually, physical_id
from tests.integration.laptop import Laptop, step

pytestmark = pytest.mark.laptop

CLUSTER = "redline-local"
LATEST = "latest_tickit_predictions"
COLUMNS = "dateid,venueid,catid,caldate,holiday,events,predicted_tickets"
ROWS = "1827,3,9,2008-01-01,t,2,43.1665\n1828,4,8,2008-01-02,f,1,7.0\n"
# A cross join of the sales of TICKIT, which does not end during a test.
ENDLESS = "SELECT SUM(a.qtysold * b.qtysold * c.qtysold) AS n FROM sales a, sales b, sales c"
ABORTED = 'cancelled by WLM abort action of Query Monitoring Rule "laptop"'
DROPPED = "terminating connection due to administrator command"
# The functions reserve 20 seconds for their response; the rest is the time limit of a statement.
RESERVED_SECONDS = 20
# Enough to start a statement on a busy laptop, and less than the delay of a late response.
TOO_SHORT, LATE = 8, 20


@pytest.fixture
def extract(laptop):
    """The function that unloads a query, for a step of a new execution."""
    lake = laptop.output("redline-local-data", "LakeBucketName")

    def of(query):
        execution = uuid4().hex[:12]
        event = {
            "query": query,
            "s3_uri": f"s3://{lake}/unload/tickit/{execution}/Extract/",
            "execution_id": execution,
            "format": "CSV",
            "partition_by": "",
            "parallel": "ON",
        }
        return Function(laptop, physical_id(laptop, "warehouse", "ExtractionAtOnceFunction"), event)

    return of


@pytest.fixture
def load(laptop):
    """The function that loads predictions, for an execution with two predictions."""
    lake, execution = laptop.output("redline-local-data", "LakeBucketName"), uuid4().hex[:12]
    place = f"runs/tickit-batch/{execution}/Transform/predictions"
    laptop.client("s3").put_object(Bucket=lake, Key=f"{place}/part.out", Body=ROWS.encode())
    event = {
        "s3_uri": f"s3://{lake}/{place}",
        "rows": "2",
        "execution_id": execution,
        "model_package_arn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/any/1",
        "table": "tickit_predictions",
        "columns": COLUMNS,
    }
    yield Function(laptop, physical_id(laptop, "tickit-batch", "LoadPredictionsFunction"), event)
    laptop.run("query", f"DELETE FROM tickit_predictions WHERE execution_id = '{execution}'")


@pytest.fixture
def migrate(laptop):
    """The function that applies migrations. The last one is not applied yet.

    It sends its response to an S3 URL, as on AWS.
    """
    laptop.run("query", f"DROP VIEW {LATEST}")
    laptop.run("query", "DELETE FROM applied_migrations WHERE version = 6")
    event = {
        "RequestType": "Update",
        "ResponseURL": laptop.client("s3").generate_presigned_url(
            "put_object", Params=_answer_place(laptop)
        ),
        "StackId": "stack",
        "RequestId": uuid4().hex,
        "LogicalResourceId": "Migrations",
        "ResourceProperties": {
            "ClusterIdentifier": CLUSTER,
            "Database": laptop.output("redline-local-warehouse", "DatabaseName"),
            "SecretArn": laptop.output("redline-local-warehouse", "AdminSecretArn"),
        },
    }
    return Function(laptop, physical_id(laptop, "warehouse", "MigrationsFunction"), event)


def _answer_place(laptop: Laptop) -> dict[str, str]:
    bucket = laptop.output("redline-local-data", "LakeBucketName")
    return {"Bucket": bucket, "Key": "incoming/answer.json"}


def answer(laptop: Laptop) -> tuple[str, str]:
    """Return the last response to CloudFormation."""
    body = laptop.client("s3").get_object(**_answer_place(laptop))["Body"].read()
    found = json.loads(body)
    return found["Status"], found["Reason"]


@pytest.fixture
def cluster(laptop):
    """A client for Redshift. Afterwards the cluster is available again."""
    client = laptop.client("redshift")
    yield client
    if _status(client) == "paused":
        client.resume_cluster(ClusterIdentifier=CLUSTER)
    eventually(lambda: _status(client) == "available")


def _status(client: Any) -> str:
    described = client.describe_clusters(ClusterIdentifier=CLUSTER)["Clusters"][0]
    return str(described["ClusterStatus"])


def unloaded(laptop: Laptop, summary: dict[str, Any]) -> list[str]:
    """Return the files that the warehouse unloaded to the lake for a run."""
    lake = laptop.output("redline-local-data", "LakeBucketName")
    every = laptop.uris(f"s3://{lake}/unload/")
    return [uri for uri in every if f"/{summary['execution_id']}/" in uri]


def predictions(laptop: Laptop, load: Function) -> int:
    """Return the number of predictions of the execution in the warehouse."""
    where = f"execution_id = '{load.event['execution_id']}'"
    (row,) = laptop.json("query", f"SELECT COUNT(*) AS n FROM tickit_predictions WHERE {where}")
    return int(row["n"])


@pytest.fixture(scope="module")
def extracting(laptop):
    """The two extractions: UNLOAD by a function, and the dataset of a processing job."""
    return {
        "Extract": copy_of(laptop, "tickit-batch", steps=["Extract"]),
        "Preprocess": copy_of(laptop, "tickit", steps=["Preprocess"]),
    }


@pytest.mark.fault(
    "the cluster is paused when a run starts",
    sees="failed cleanly: the step says that the cluster is paused and that nothing was unloaded",
    retried="nothing: the pause may be long; resume the cluster before the next run",
    kept="no rows are unloaded, and no model is registered",
)
@pytest.mark.parametrize("name", ["Extract", "Preprocess"])
def test_a_paused_cluster(laptop, cluster, extracting, name):
    cluster.pause_cluster(ClusterIdentifier=CLUSTER)
    failed = laptop.json("start", extracting[name], code=1)
    reason = step(failed, name)["reason"]
    assert f"{CLUSTER} is paused" in reason
    assert name == "Preprocess" or "nothing was unloaded" in reason
    assert (failed["packages"], unloaded(laptop, failed)) == ([], [])
    cluster.resume_cluster(ClusterIdentifier=CLUSTER)
    assert laptop.json("start", extracting[name])["status"] == "Succeeded"


@pytest.mark.fault(
    "the cluster is rebooted or resized while a run starts",
    sees="survived: the step waits until the cluster is available",
    retried="the statement, by the function, until its time limit (nine minutes)",
    kept="only one statement is started",
)
@pytest.mark.parametrize("away", ["reboot", "resize"])
def test_a_cluster_that_is_unavailable_for_a_while(laptop, cluster, extract, away):
    function = extract("SELECT qtysold FROM sales")
    if away == "reboot":
        cluster.reboot_cluster(ClusterIdentifier=CLUSTER)
    else:
        cluster.resize_cluster(ClusterIdentifier=CLUSTER, ClusterType="single-node")
    answer = function()
    (row,) = laptop.json("query", "SELECT COUNT(*) AS n FROM sales")
    assert answer["rows"] == str(row["n"])
    assert started_for(laptop, function.event["s3_uri"]) == 1


@pytest.mark.fault(
    "the cluster is paused while a statement runs",
    sees="failed cleanly: the step has the database's error about the terminated connection",
    retried="nothing; the run can be retried when the cluster is available",
    kept="the files of the terminated statement are in no manifest, so they are not used",
)
def test_a_cluster_that_is_paused_during_a_statement(laptop, cluster, extract):
    function = extract(ENDLESS)
    call = Call(function)
    eventually(lambda: running(laptop))
    cluster.pause_cluster(ClusterIdentifier=CLUSTER)
    assert DROPPED in call.ended()
    assert laptop.uris(function.event["s3_uri"]) == []


@pytest.mark.fault(
    "a query monitoring rule aborts the query of a run",
    sees="failed cleanly: the step's reason names the rule",
    retried="nothing: the rule would abort the query again",
    kept="the files of an aborted query are in no manifest; the next run uses another location",
)
@pytest.mark.parametrize("name", ["Extract", "Preprocess"])
def test_an_aborted_query(laptop, faults, extracting, name):
    faults.inject("abort", after=2 if name == "Extract" else 0, resource=f"*:cluster:{CLUSTER}")
    failed = laptop.json("start", extracting[name], code=1)
    assert ABORTED in step(failed, name)["reason"]
    assert [hit["kind"] for hit in faults.hits()] == ["abort"]
    assert not [uri for uri in unloaded(laptop, failed) if uri.endswith(".manifest")]
    again = laptop.json("start", extracting[name])
    assert (again["status"], again["execution_id"] != failed["execution_id"]) == (
        "Succeeded",
        True,
    )


@pytest.mark.fault(
    "a user cancels the query of a run",
    sees="failed cleanly: the step names the aborted statement",
    retried="nothing: the cancellation was intended",
    kept="no statement is running, and no manifest is written",
)
def test_a_cancelled_query(laptop, extract):
    function = extract(ENDLESS)
    call = Call(function)
    (statement,) = eventually(lambda: running(laptop))
    laptop.client("redshift-data").cancel_statement(Id=statement)
    assert f"statement {statement} is ABORTED" in call.ended()
    assert (running(laptop), laptop.uris(function.event["s3_uri"])) == ([], [])


@pytest.mark.fault(
    "the load of predictions is aborted after its last statement",
    sees="failed cleanly: the step's reason names the rule",
    retried="nothing; a retry of the run loads its predictions again",
    kept="all statements are one transaction: the table has all predictions of the run, or none",
)
def test_an_aborted_load(laptop, faults, load):
    faults.inject("abort", after=4, role="*LoadPredictions*")
    assert ABORTED in load()
    assert predictions(laptop, load) == 0
    assert load() == {"rows": "2"}
    assert predictions(laptop, load) == 2


@pytest.mark.fault(
    "a query does not end",
    sees="failed cleanly: the query took too long and was cancelled; remedy: a long extraction",
    retried="nothing",
    kept="no statement is running, and no manifest is written",
)
def test_a_query_that_does_not_end(laptop, extract):
    function = extract(ENDLESS)
    with function.within(RESERVED_SECONDS + 2):
        answer = function()
    assert "took too long and was cancelled: use a long extraction" in answer
    assert (running(laptop), laptop.uris(function.event["s3_uri"])) == ([], [])


@pytest.mark.fault(
    "a function reaches its time limit while its query runs, and is called again",
    sees="failed cleanly: the time limit; the second call continues with the running query",
    retried="nothing automatically; the user can retry the run, which calls the function again",
    kept="one query per location in the lake: two concurrent ones would mix their files",
)
def test_a_function_that_reaches_its_time_limit(laptop, faults, extract):
    function = extract(ENDLESS)
    faults.inject("slow", action="redshift-data:DescribeStatement", role="*AtOnce*", seconds=LATE)
    with function.within(TOO_SHORT):
        assert f"Task timed out after {TOO_SHORT}.00 seconds" in function()
    (left,) = running(laptop)
    with function.within(RESERVED_SECONDS + 2):
        assert f"statement {left} took too long and was cancelled" in function()
    assert (running(laptop), started_for(laptop, function.event["s3_uri"])) == ([], 1)


@pytest.mark.fault(
    "the function that loads predictions reaches its time limit after the load, and is retried",
    sees="survived: the step succeeds with the second call",
    retried="nothing automatically; the user can retry the run, which calls the function again",
    kept="each prediction exists once: a load replaces the earlier rows of its run",
)
def test_a_load_whose_response_is_lost(laptop, faults, load):
    faults.inject(
        "slow", action="redshift-data:DescribeStatement", role="*LoadPredictions*", seconds=LATE
    )
    with load.within(TOO_SHORT):
        assert "Task timed out" in load()
    eventually(lambda: predictions(laptop, load) == 2)
    assert load() == {"rows": "2"}
    assert predictions(laptop, load) == 2


@pytest.mark.fault(
    "a migration is aborted during a deployment",
    sees="failed cleanly: CloudFormation shows the failed migration and the reason",
    retried="nothing automatically; the next deployment applies the remaining migrations",
    kept="a migration and its record are one transaction: both exist, or neither",
)
def test_an_aborted_migration(laptop, faults, migrate):
    # The fault affects the fourth statement, the record. Before it are the table of records, its
    # query, and the view.
    faults.inject("abort", after=3, role="*MigrationsFunction*")
    migrate()
    status, reason = answer(laptop)
    assert (status, reason.partition(":")[0], ABORTED in reason) == (
        "FAILED",
        "0006_latest_tickit_predictions.sql",
        True,
    )
    assert (
        f'"{LATEST}" does not exist'
        in laptop.run("query", f"SELECT 1 FROM {LATEST}", code=1).stderr
    )
    migrate.event["RequestId"] = uuid4().hex
    migrate()
    assert answer(laptop) == ("SUCCESS", "Applied: 0006_latest_tickit_predictions.sql")
    records = "SELECT COUNT(*) AS n FROM applied_migrations WHERE version = 6"
    assert laptop.json("query", records) == [{"n": 1}]


@pytest.fixture
def long_extracting(laptop):
    """A pipeline with a long extraction, and a queue without a delay between attempts."""
    client, sqs = laptop.client("sagemaker"), laptop.client("sqs")
    queue = physical_id(laptop, "warehouse", "ExtractionQueue")
    name = copy_of(laptop, "tickit-batch", steps=["Extract"])
    deployed = client.describe_pipeline(PipelineName=name)
    body = json.loads(deployed["PipelineDefinition"])
    (extraction,) = body["Steps"]
    del extraction["FunctionArn"]
    extraction |= {"Type": "Callback", "SqsQueueUrl": queue}
    client.update_pipeline(PipelineName=name, PipelineDefinition=json.dumps(body))
    role = deployed["RoleArn"].rpartition("/")[2]
    sending = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    laptop.client("iam").put_role_policy(
        RoleName=role,
        PolicyName="long",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [sending]}),
    )
    before = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "3"})
    yield name
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=before["Attributes"])
    laptop.client("iam").delete_role_policy(RoleName=role, PolicyName="long")


@pytest.mark.fault(
    "the warehouse accepts no statement until the retries of a call end, during a long extraction",
    sees="survived: the step waits until the warehouse accepts the statement",
    retried="each call six times, then the queue's message, every minute",
    kept="one statement is started for the step's token, regardless of the number of messages",
)
def test_a_long_extraction_that_finds_no_warehouse(laptop, faults, long_extracting):
    refused = 6  # the attempts of one call
    faults.inject(
        "error", action="redshift-data:BatchExecuteStatement", role="*FromQueue*", times=refused
    )
    summary = laptop.json("start", long_extracting)
    assert summary["status"] == "Succeeded"
    assert [hit["kind"] for hit in faults.hits()] == ["error"] * refused
    place = f"/unload/tickit-batch/{summary['execution_id']}/Extract/"
    assert started_for(laptop, place) == 1
