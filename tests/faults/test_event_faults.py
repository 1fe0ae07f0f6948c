"""Events and schedules: delivered twice, late and out of order."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.client import RULES_PATH, call
from tests.faults.called import started_for
from tests.faults.conftest import Faults
from tests.faults.versions import (
    TICKIT,
    answering,
    calls_of_the_deployer,
    configurations_of,
    decide,
    described,
    registered_by,
    rejection_of,
    version,
)
from tests.faults.watching import (
    alarm,
    alerts,
    ended,
    eventually,
    executions,
    physical_id,
    queued_messages,
    started,
)
from tests.integration.extractions import extracting, queue_arn

pytestmark = pytest.mark.laptop

DRIFTED = f"{TICKIT}-monitor-drifted"
RETRAINING = f"*:rule/{TICKIT}-monitor-retraining"


@pytest.fixture(scope="module")
def trained(laptop):
    """The two executions that one event of the drift alarm, delivered twice, has started."""
    before, answered = executions(laptop, "tickit"), answering(laptop)
    with injected(laptop, "twice", resource=RETRAINING) as hits, drift(laptop):
        both = eventually(lambda: len(new := executions(laptop, "tickit") - before) == 2 and new)
        assert [ended(laptop, arn)["PipelineExecutionStatus"] for arn in both] == ["Succeeded"] * 2
        assert len(hits()) == 1
    assert answering(laptop) == answered
    return both


@pytest.fixture(scope="module")
def versions(laptop, trained):
    """The versions that these executions registered and that wait for approval, oldest first."""
    return sorted((registered_by(laptop, arn) for arn in trained), key=version)


@pytest.fixture
def approved(laptop, versions):
    """The newer of the two versions, which the endpoint serves."""
    if answering(laptop) != versions[1]:
        for package in versions:
            decide(laptop, package, "Approved")
    eventually(lambda: answering(laptop) == versions[1])
    return versions[1]


@pytest.mark.fault(
    "the drift alarm's event is delivered twice",
    sees="survived: two trainings for one drift; both versions wait for approval",
    retried="nothing; EventBridge delivers at least once",
    kept="each version has the files of its run; the endpoint changes only after an approval",
)
def test_a_drift_event_that_is_delivered_twice_trains_twice(laptop, trained, versions):
    packages = [described(laptop, arn) for arn in versions]
    assert {each["ModelApprovalStatus"] for each in packages} == {"PendingManualApproval"}
    models = [each["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] for each in packages]
    runs = {arn.rpartition("/")[2] for arn in trained}
    assert {model.partition("/kept/tickit/")[2].partition("/")[0] for model in models} == runs


@pytest.mark.fault(
    "the drift alarm flaps: on, off and on again",
    sees="survived: one training each time the alarm turns on, none while it is on",
    retried="nothing",
    kept="nothing is served without an approval; a check comes once a day, so that it cannot flap "
    "faster",
)
def test_an_alarm_that_flaps_trains_each_time_it_turns_on(laptop):
    before, answered = executions(laptop, "tickit"), answering(laptop)
    for count in (1, 2):
        with drift(laptop):
            _set_alarm(laptop, "ALARM")  # as each check does while the drift lasts
            new = eventually(
                lambda count=count: len(n := executions(laptop, "tickit") - before) == count and n
            )
    for arn in new:
        laptop.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=arn)
    assert {ended(laptop, arn)["PipelineExecutionStatus"] for arn in new} == {"Stopped"}
    assert executions(laptop, "tickit") - before == new
    assert answering(laptop) == answered


@pytest.mark.fault(
    "events of two approvals are delivered out of order, and one of them twice",
    sees="survived: the endpoint serves the newer version, which was deployed once",
    retried="the deployer checks the registry at every event and after every deployment",
    kept="the registry defines the approved version, not the event",
)
def test_approvals_out_of_order_end_with_the_newest(laptop, faults, versions):
    older, newer = versions
    rule = f"*:rule/{physical_id(laptop, 'tickit-serving', 'DeployerPackages')}"
    faults.inject("late", resource=rule, seconds=4)
    faults.inject("twice", resource=rule)
    calls = calls_of_the_deployer(laptop)
    decide(laptop, older, "Approved")
    decide(laptop, newer, "Approved")
    eventually(lambda: answering(laptop) == newer)
    # Three events of approvals, and that of the completed deployment.
    eventually(lambda: calls_of_the_deployer(laptop) >= calls + 4)
    assert [hit["kind"] for hit in faults.hits()] == ["late", "twice"]
    assert answering(laptop) == newer
    assert len(configurations_of(laptop, newer)) == 1
    assert configurations_of(laptop, older) == []


@pytest.mark.fault(
    "a schedule fires twice",
    sees="survived: two runs; the predictions of a day come from one of them",
    retried="nothing; EventBridge fires at least once",
    kept="rows have the id of their run; the view latest_tickit_predictions uses one run per day",
)
def test_a_schedule_that_fires_twice_duplicates_no_rows(laptop, faults, approved):
    faults.inject("twice", resource=f"*:rule/{TICKIT}-batch-schedule")
    fired = laptop.json("tick", "tickit-batch", "--no-wait")["deliveries"]
    runs = [each["result"]["PipelineExecutionArn"] for each in fired]
    assert [ended(laptop, arn)["PipelineExecutionStatus"] for arn in runs] == ["Succeeded"] * 2
    loaded = _rows(laptop, "tickit_predictions", runs)
    assert len(set(loaded.values())) == 1 and len(loaded) == 2
    assert list(_rows(laptop, "latest_tickit_predictions", runs).values()) == [loaded.popitem()[1]]


@pytest.mark.fault(
    "a schedule fires late, during another run",
    sees="survived: both runs succeed",
    retried="nothing",
    kept="the predictions of a day are complete and from one run",
)
def test_a_run_that_overlaps_another(laptop, faults, approved):
    faults.inject("slow", action="sagemaker:CreateTransformJob", seconds=10)
    faults.inject("late", resource=f"*:rule/{TICKIT}-batch-schedule", seconds=1)
    former = started(laptop, "tickit-batch", FirstDay="2008-12-30", LastDay="2008-12-31")
    eventually(lambda: any(hit["kind"] == "slow" for hit in faults.hits()))
    # Not by the command, whose start could take longer than the other run.
    (fired,) = call(laptop.cloud(), f"{RULES_PATH}{TICKIT}-batch-schedule")["deliveries"]
    runs = [former, fired["result"]["PipelineExecutionArn"]]
    first, second = [ended(laptop, arn) for arn in runs]
    assert first["PipelineExecutionStatus"] == second["PipelineExecutionStatus"] == "Succeeded"
    assert second["CreationTime"] < first["LastModifiedTime"]
    days = laptop.json(
        "query",
        "SELECT caldate, COUNT(DISTINCT execution_id) AS runs, COUNT(*) AS rows, "
        "COUNT(DISTINCT venueid * 100 + catid) AS groups "
        "FROM latest_tickit_predictions GROUP BY caldate",
    )
    assert {day["runs"] for day in days} == {1}
    assert [day["rows"] for day in days] == [day["groups"] for day in days]


@pytest.mark.fault(
    "every message of a long extraction is delivered twice",
    sees="survived: the run succeeds",
    retried="by the queue: each message until it is handled",
    kept="the rows are unloaded once: the statement has the token of the step, and a step accepts "
    "one result",
)
def test_messages_that_are_delivered_twice_unload_once(laptop, faults):
    queue = queue_arn(physical_id(laptop, "warehouse", "ExtractionQueue"))
    faults.inject("twice", resource=queue, times=None)
    with extracting(laptop, "long_unload", steps={"Extract"}) as name:
        run = started(laptop, name.removeprefix("redline-local-"))
        assert ended(laptop, run)["PipelineExecutionStatus"] == "Succeeded"
    assert len(faults.hits()) >= 2
    assert started_for(laptop, f"/{run.rpartition('/')[2]}/") == 1


@pytest.mark.fault(
    "the deployer fails on every event",
    sees="failed cleanly: an alarm; the event is in a queue; the endpoint serves the same version",
    retried="by Lambda: each event twice, after one and two minutes",
    kept="events are kept for two weeks; the next event, or the same one again, repairs the state",
)
def test_a_function_that_fails_on_every_event(laptop, faults, approved, versions):
    queue = physical_id(laptop, "tickit-serving", "DeployerFailed")
    name = physical_id(laptop, "tickit-serving", "DeployerFailedAlarm")
    faults.inject("crash", action="sagemaker:*", role="*-serving-Deployer*", times=None)
    decide(laptop, approved, "Rejected")
    letter = eventually(lambda: rejection_of(approved, queued_messages(laptop, queue)))
    assert len(faults.hits()) >= 3
    eventually(lambda: alarm(laptop, name) == "ALARM")
    eventually(lambda: alerts(laptop, name))
    assert answering(laptop) == approved
    faults.clear()
    function = physical_id(laptop, "tickit-serving", "DeployerFunction")
    laptop.client("lambda").invoke(FunctionName=function, Payload=letter["Body"])
    eventually(lambda: answering(laptop) == versions[0])
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@contextmanager
def drift(laptop):
    """Set the alarm on for a while. A check of the last minute would set it back at once."""
    eventually(lambda: not _checks_of_the_last_minute(laptop))
    _set_alarm(laptop, "ALARM")
    try:
        yield
    finally:
        _set_alarm(laptop, "OK")


@contextmanager
def injected(laptop, kind, **fields):
    """Inject a fault for a while. Yield a function that counts its hits."""
    faults = Faults(laptop)
    faults.inject(kind, **fields)
    try:
        yield faults.hits
    finally:
        faults.clear()


def _checks_of_the_last_minute(laptop):
    """The data points of the alarm in the period that CloudWatch evaluates."""
    cloudwatch = laptop.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[DRIFTED])["MetricAlarms"]
    metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions", "Period")}
    now = datetime.now(UTC)
    return cloudwatch.get_metric_statistics(
        **metric,
        StartTime=now - timedelta(seconds=alarm["Period"] + 5),
        EndTime=now + timedelta(seconds=alarm["Period"]),
        Statistics=[alarm["Statistic"]],
    )["Datapoints"]


def _set_alarm(laptop, state):
    laptop.client("cloudwatch").set_alarm_state(
        AlarmName=DRIFTED, StateValue=state, StateReason="set by a test of faults"
    )


def _rows(laptop, table, runs):
    """Return the number of rows per execution, for executions with rows."""
    ids = ", ".join(f"'{arn.rpartition('/')[2]}'" for arn in runs)
    found = laptop.json(
        "query",
        f"SELECT execution_id, COUNT(*) AS n FROM {table} WHERE execution_id IN ({ids}) GROUP BY 1",
    )
    return {row["execution_id"]: row["n"] for row in found}
