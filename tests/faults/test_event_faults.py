"""Events and schedules that come twice, late and out of order."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

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
from tests.faults.watching import alarm, ended, eventually, executions, letters, made, started, told
from tests.integration.extractions import extracting, queue_arn

pytestmark = pytest.mark.laptop

DRIFTED = f"{TICKIT}-monitor-drifted"
RETRAINING = f"*:rule/{TICKIT}-monitor-retraining"


@pytest.fixture(scope="module")
def trained(laptop):
    """The two executions that one event of the drift alarm has started, which came twice."""
    before, answered = executions(laptop, "tickit"), answering(laptop)
    with struck(laptop, "twice", resource=RETRAINING) as hits, drift(laptop):
        both = eventually(lambda: len(new := executions(laptop, "tickit") - before) == 2 and new)
        assert [ended(laptop, arn)["PipelineExecutionStatus"] for arn in both] == ["Succeeded"] * 2
        assert len(hits()) == 1
    assert answering(laptop) == answered
    return both


@pytest.fixture(scope="module")
def versions(laptop, trained):
    """The versions that they registered, which wait for approval; the older one first."""
    return sorted((registered_by(laptop, arn) for arn in trained), key=version)


@pytest.fixture
def approved(laptop, versions):
    """The newer of the two versions, which answers."""
    if answering(laptop) != versions[1]:
        for package in versions:
            decide(laptop, package, "Approved")
    eventually(lambda: answering(laptop) == versions[1])
    return versions[1]


@pytest.mark.fault(
    "the drift alarm's event is delivered twice",
    sees="survived: two trainings of one drift, each with a version that waits for approval",
    retried="nothing; EventBridge delivers at least once",
    kept="each version has its own run's files; what answers stays until somebody approves one",
)
def test_a_drift_that_is_told_twice_trains_twice_and_serves_nothing(laptop, trained, versions):
    packages = [described(laptop, arn) for arn in versions]
    assert {each["ModelApprovalStatus"] for each in packages} == {"PendingManualApproval"}
    models = [each["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] for each in packages]
    runs = {arn.rpartition("/")[2] for arn in trained}
    assert {model.partition("/kept/tickit/")[2].partition("/")[0] for model in models} == runs


@pytest.mark.fault(
    "the drift alarm flaps: on, off and on again",
    sees="survived: a training for each time that it begins, none while it lasts",
    retried="nothing",
    kept="nothing is served without an approval; a check comes once a day, so that it cannot flap "
    "faster",
)
def test_an_alarm_that_flaps_trains_for_each_beginning(laptop):
    before, answered = executions(laptop, "tickit"), answering(laptop)
    for begun in (1, 2):
        with drift(laptop):
            _set_alarm(laptop, "ALARM")  # as every check of a drift that lasts
            new = eventually(
                lambda begun=begun: len(n := executions(laptop, "tickit") - before) == begun and n
            )
    for arn in new:
        laptop.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=arn)
    assert {ended(laptop, arn)["PipelineExecutionStatus"] for arn in new} == {"Stopped"}
    assert executions(laptop, "tickit") - before == new
    assert answering(laptop) == answered


@pytest.mark.fault(
    "events of two approvals come out of order, and one of them twice",
    sees="survived: the endpoint serves the newer version, and was deployed once",
    retried="the deployer looks again at every event, and at the end of every deployment",
    kept="the deployer asks the registry what is approved, and not the event",
)
def test_approvals_out_of_order_end_with_the_newest(laptop, faults, versions):
    older, newer = versions
    rule = f"*:rule/{made(laptop, 'tickit-serving', 'DeployerPackages')}"
    faults.inject("late", resource=rule, seconds=4)
    faults.inject("twice", resource=rule)
    calls = calls_of_the_deployer(laptop)
    decide(laptop, older, "Approved")
    decide(laptop, newer, "Approved")
    eventually(lambda: answering(laptop) == newer)
    # Three events of approvals, and that of the deployment's end.
    eventually(lambda: calls_of_the_deployer(laptop) >= calls + 4)
    assert [hit["kind"] for hit in faults.hits()] == ["late", "twice"]
    assert answering(laptop) == newer
    assert len(configurations_of(laptop, newer)) == 1
    assert configurations_of(laptop, older) == []


@pytest.mark.fault(
    "a schedule fires twice",
    sees="survived: two runs, and each day's predictions once, from one of them",
    retried="nothing; EventBridge fires at least once",
    kept="rows carry their run; the view latest_tickit_predictions takes each day from one run",
)
def test_a_schedule_that_fires_twice_counts_nothing_twice(laptop, faults, approved):
    faults.inject("twice", resource=f"*:rule/{TICKIT}-batch-schedule")
    fired = laptop.json("tick", "tickit-batch", "--no-wait")["deliveries"]
    runs = [each["result"]["PipelineExecutionArn"] for each in fired]
    assert [ended(laptop, arn)["PipelineExecutionStatus"] for arn in runs] == ["Succeeded"] * 2
    loaded = _rows(laptop, "tickit_predictions", runs)
    assert len(set(loaded.values())) == 1 and len(loaded) == 2
    assert list(_rows(laptop, "latest_tickit_predictions", runs).values()) == [loaded.popitem()[1]]


@pytest.mark.fault(
    "a schedule fires late, while the former run still goes",
    sees="survived: both runs succeed",
    retried="nothing",
    kept="each day's predictions are those of one run, whole",
)
def test_a_run_that_overlaps_another(laptop, faults, approved):
    faults.inject("slow", action="sagemaker:CreateTransformJob", seconds=10)
    faults.inject("late", resource=f"*:rule/{TICKIT}-batch-schedule", seconds=1)
    former = started(laptop, "tickit-batch", FirstDay="2008-12-30", LastDay="2008-12-31")
    eventually(lambda: any(hit["kind"] == "slow" for hit in faults.hits()))
    (fired,) = laptop.json("tick", "tickit-batch", "--no-wait")["deliveries"]
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
    kept="the rows are unloaded once: a statement is started under the step's own token, and a "
    "step takes one answer",
)
def test_messages_that_come_twice_unload_once(laptop, faults):
    queue = queue_arn(made(laptop, "warehouse", "ExtractionQueue"))
    faults.inject("twice", resource=queue, times=None)
    with extracting(laptop, "long_unload", steps={"Extract"}) as name:
        run = started(laptop, name.removeprefix("redline-local-"))
        assert ended(laptop, run)["PipelineExecutionStatus"] == "Succeeded"
    assert len(faults.hits()) >= 2
    assert started_for(laptop, f"/{run.rpartition('/')[2]}/") == 1


@pytest.mark.fault(
    "the deployer fails on every event",
    sees="failed cleanly: an alarm; the event is in a queue; what answered goes on answering",
    retried="by Lambda: each event twice more, after one and two minutes",
    kept="events are kept for two weeks; the next one, or this one again, puts everything right",
)
def test_a_function_that_fails_on_every_event(laptop, faults, approved, versions):
    queue = made(laptop, "tickit-serving", "DeployerFailed")
    name = made(laptop, "tickit-serving", "DeployerFailedAlarm")
    faults.inject("crash", action="sagemaker:*", role="*-serving-Deployer*", times=None)
    decide(laptop, approved, "Rejected")
    letter = eventually(lambda: rejection_of(approved, letters(laptop, queue)))
    assert len(faults.hits()) >= 3
    eventually(lambda: alarm(laptop, name) == "ALARM")
    eventually(lambda: told(laptop, name))
    assert answering(laptop) == approved
    faults.clear()
    function = made(laptop, "tickit-serving", "DeployerFunction")
    laptop.client("lambda").invoke(FunctionName=function, Payload=letter["Body"])
    eventually(lambda: answering(laptop) == versions[0])
    laptop.client("sqs").purge_queue(QueueUrl=queue)


@contextmanager
def drift(laptop):
    """The alarm is on for a while."""
    _set_alarm(laptop, "ALARM")
    try:
        yield
    finally:
        _set_alarm(laptop, "OK")


@contextmanager
def struck(laptop, kind, **fields):
    """A fault for a while; gives what counts its hits."""
    faults = Faults(laptop)
    faults.inject(kind, **fields)
    try:
        yield faults.hits
    finally:
        faults.clear()


def _set_alarm(laptop, state):
    laptop.client("cloudwatch").set_alarm_state(
        AlarmName=DRIFTED, StateValue=state, StateReason="set by a test of faults"
    )


def _rows(laptop, table, runs):
    """The number of rows of some executions, of those that have any."""
    ids = ", ".join(f"'{arn.rpartition('/')[2]}'" for arn in runs)
    found = laptop.json(
        "query",
        f"SELECT execution_id, COUNT(*) AS n FROM {table} WHERE execution_id IN ({ids}) GROUP BY 1",
    )
    return {row["execution_id"]: row["n"] for row in found}
