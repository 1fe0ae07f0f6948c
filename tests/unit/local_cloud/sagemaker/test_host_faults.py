"""Jobs and endpoints whose hosts a fault strikes: what is told, and what is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.faults import FAULTS
from local_cloud.faults.fault import Fault
from local_cloud.sagemaker.jobs import isolation
from local_cloud.sagemaker.watch import wait

needs_namespaces = pytest.mark.skipif(
    not isolation.has_namespaces(), reason="this machine forbids mount namespaces"
)
OUT = "/opt/ml/processing/output/out"
WRITE = f'open("{OUT}/x", "w").write("x")'
SLEEP = "import time; time.sleep(600)"


@pytest.fixture(autouse=True)
def no_faults_left():
    yield
    FAULTS.clear()


def inject(kind, resource="*/algo-1", **more):
    FAULTS.inject(Fault(kind=kind, resource=resource, **more))


def hits():
    return [(hit["kind"], hit["resource"].rpartition("/")[2]) for hit in FAULTS.report()["hits"]]


def run(workshop, script, **more):
    request = workshop.processing(script, outputs={"out": workshop.uri("out")}, **more)
    return workshop.run_processing(request)


def test_a_killed_host_is_said_to_want_memory(workshop):
    inject("kill", seconds=0.5)
    found = run(workshop, SLEEP)
    assert "exit code: 137. The process was killed" in found["FailureReason"]
    assert hits() == [("kill", "algo-1")]


@pytest.mark.parametrize("namespaces", [True, False])
def test_a_host_is_killed_as_soon_as_there_is_something_to_kill(workshop, monkeypatch, namespaces):
    if namespaces and not isolation.has_namespaces():
        pytest.skip("this machine forbids mount namespaces")
    monkeypatch.setattr(isolation, "has_namespaces", lambda: namespaces)
    inject("kill")
    assert "exit code: 137" in run(workshop, SLEEP)["FailureReason"]


def test_one_lost_instance_of_three_fails_the_job_and_leaves_no_output(workshop):
    inject("lost_instance", "*/algo-2", seconds=1)
    found = run(workshop, f"{WRITE}; {SLEEP}", count=3)
    assert found["ProcessingJobStatus"] == "Failed"
    reason = "InternalServerError: We encountered an internal error. Please try again."
    assert found["FailureReason"] == reason
    assert workshop.keys("out") == []
    assert hits() == [("lost_instance", "algo-2")]


def test_a_lost_instance_of_a_training_job_leaves_no_model(workshop):
    inject("lost_instance")
    found = workshop.run_training(workshop.training(f'open("/opt/ml/model/m", "w"); {SLEEP}'))
    assert found["FailureReason"].startswith("InternalServerError: ")
    assert workshop.keys("models") == []


FILL = f"""
import errno
try:
    open("{OUT}/large", "wb").write(bytes(100_000))
except OSError as error:
    open("/opt/ml/output/message", "w").write(errno.errorcode[error.errno])
    raise SystemExit(1)
"""


@needs_namespaces
def test_a_full_disk_is_seen_by_the_script(workshop):
    inject("disk_full")
    # What the job brings along was there before the disk was full.
    assert run(workshop, FILL.replace("message", "nothing"))["FailureReason"].endswith("code: 1")
    inject("disk_full")
    script = FILL.replace("except OSError as error:", "except OSError as error:\n    clear()")
    clear = f'import os\ndef clear(): os.truncate("{OUT}/large", 0)\n'
    found = run(workshop, clear + script)
    assert found["FailureReason"] == "AlgorithmError: ENOSPC, exit code: 1"


@needs_namespaces
def test_temporary_files_are_on_the_full_disk_too(workshop):
    inject("disk_full")
    script = """
import tempfile
with tempfile.TemporaryFile() as file:
    file.write(bytes(100_000))
"""
    found = run(workshop, script)
    assert found["ProcessingJobStatus"] == "Failed"


@needs_namespaces
def test_a_job_that_needs_little_room_completes_on_a_full_disk(workshop):
    inject("disk_full")
    script = f"""
import os, pathlib
assert "LAPTOP_BYTES_LEFT" not in os.environ
out = pathlib.Path("{OUT}")
(out / "deep").mkdir()
(out / "deep/x").write_text("small")
pathlib.Path("/opt/ml/config/resourceconfig.json").unlink()
"""
    found = run(workshop, script)
    assert found["ProcessingJobStatus"] == "Completed", found
    assert workshop.text("out/deep/x") == "small"
    assert hits() == [("disk_full", "algo-1")]


def test_a_machine_without_namespaces_has_no_full_disk(workshop, monkeypatch):
    monkeypatch.setattr(isolation, "has_namespaces", lambda: False)
    inject("disk_full")
    assert "no disk can be full here" in run(workshop, WRITE)["FailureReason"]


@pytest.fixture
def tried_once(monkeypatch):
    """Clients made from now on do not try a failed call again."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def copies(workshop, count=5, **more):
    """A job that copies as many files as are there, and where they go to."""
    for number in range(count):
        workshop.put(f"in/{number}", str(number))
    script = f"""
import pathlib, shutil
for file in pathlib.Path("/opt/ml/processing/input/data").iterdir():
    shutil.copy(file, "{OUT}")
"""
    data = workshop.processing_input("data", workshop.uri("in/"))
    return run(workshop, script, inputs=[data], **more)


@pytest.mark.parametrize("kind", ["error", "throttle", "lost_answer"])
@pytest.mark.parametrize("action", ["GetObject", "PutObject", "ListBucket"])
def test_s3_out_of_order_once_is_not_noticed(workshop, kind, action):
    FAULTS.inject(Fault(kind=kind, action=f"s3:{action}", role="everything"))
    found = copies(workshop)
    assert found["ProcessingJobStatus"] == "Completed", found
    assert workshop.keys("out/") == [f"out/{number}" for number in range(5)]
    assert [hit[0] for hit in hits()] == [kind]


@pytest.mark.parametrize("kind", ["error", "throttle", "time_out"])
@pytest.mark.parametrize(
    ("action", "words", "kept"),
    [
        ("GetObject", "Data download failed", 0),
        ("PutObject", "Data upload failed to s3://", 2),
        ("ListBucket", "Data download failed", 0),
    ],
)
def test_s3_out_of_order_for_long_is_the_service_s_fault(
    workshop, tried_once, kind, action, words, kept
):
    after = {"PutObject": 2}.get(action, 0)
    FAULTS.inject(
        Fault(kind=kind, action=f"s3:{action}", role="everything", after=after, times=None)
    )
    found = copies(workshop)
    assert found["ProcessingJobStatus"] == "Failed"
    assert found["FailureReason"].startswith(f"InternalServerError: {words}")
    # Some files are there and some not: nobody is told of them, as the job has failed.
    assert len(workshop.keys("out/")) == kept


def test_what_s3_refuses_is_the_request_s_fault(workshop):
    found = copies(workshop, ProcessingOutputConfig={"Outputs": [no_bucket(workshop)]})
    assert found["FailureReason"].startswith("ClientError: Data upload failed to s3://no-such")


def no_bucket(workshop):
    return workshop.processing_output("out", "s3://no-such-bucket-of-ours/out")


RETRIES = [{"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "IntervalSeconds": 1}]


@pytest.mark.parametrize("times", [1, 3])
def test_a_step_whose_instance_is_lost_is_tried_again_as_its_policy_says(workshop, times):
    inject("lost_instance", times=times)
    policies = [{**RETRIES[0], "MaxAttempts": 2, "BackoffRate": 1}]
    request = workshop.processing(WRITE, outputs={"out": workshop.uri("out")})
    step = workshop.step("S", "Processing", request, RetryPolicies=policies)
    outcome = workshop.run(workshop.pipeline([step]))
    assert outcome.steps["S"]["AttemptCount"] == min(times + 1, 3)
    assert len(hits()) == times
    if times == 1:
        assert outcome.status == "Succeeded"
        assert workshop.keys("out") == ["out/x"]
    else:
        assert outcome.reasons["S"].startswith("InternalServerError: ")
        assert workshop.keys("out") == []


def events(cloud, job):
    logs, group = cloud.client("logs"), {"logGroupName": "/aws/sagemaker/ProcessingJobs"}
    (stream,) = logs.describe_log_streams(**group, logStreamNamePrefix=job["ProcessingJobName"])[
        "logStreams"
    ]
    found = logs.get_log_events(**group, logStreamName=stream["logStreamName"])["events"]
    return [event["message"] for event in found]


@pytest.mark.parametrize("action", ["CreateLogStream", "PutLogEvents"])
def test_a_lost_answer_of_the_logs_loses_no_line(workshop, cloud, action):
    FAULTS.inject(Fault(kind="lost_answer", action=f"logs:{action}", role="everything"))
    found = run(workshop, "print('one')\nprint('two')")
    assert found["ProcessingJobStatus"] == "Completed"
    # A lost answer of PutLogEvents may double lines, as on the service.
    assert list(dict.fromkeys(events(cloud, found))) == ["one", "two"]
    assert len(hits()) == 1


def test_lines_wait_while_the_logs_are_out_of_order(workshop, cloud, tried_once):
    FAULTS.inject(Fault(kind="time_out", action="logs:PutLogEvents", role="everything"))
    script = "import time\nprint('one')\ntime.sleep(1)\nprint('two')"
    assert events(cloud, run(workshop, script)) == ["one", "two"]
    assert len(hits()) == 1


def test_a_job_that_prints_much_is_not_held_up_by_logs_that_do_not_answer(workshop, tried_once):
    FAULTS.inject(Fault(kind="time_out", action="logs:*", role="everything", times=None))
    found = run(workshop, "for number in range(50_000): print(number, 'x' * 50)")
    assert found["ProcessingJobStatus"] == "Completed"
    assert hits()


def test_a_log_group_that_is_gone_is_made_again(workshop, cloud):
    script = """
import boto3, time
print("lost with the group", flush=True)
time.sleep(1)
boto3.client("logs").delete_log_group(logGroupName="/aws/sagemaker/ProcessingJobs")
print("kept")
"""
    found = run(workshop, script)
    assert found["ProcessingJobStatus"] == "Completed"
    assert events(cloud, found) == ["kept"]


def test_a_script_that_is_killed_at_a_call_has_an_exit_code(workshop):
    FAULTS.inject(Fault(kind="crash", action="s3:ListAllMyBuckets", role="everything", after=1))
    script = """
import boto3
for number in range(3):
    boto3.client("s3").list_buckets()
    print(number, flush=True)
"""
    assert "exit code: 137" in run(workshop, script)["FailureReason"]


def test_a_lost_instance_of_an_endpoint_is_replaced_while_the_other_answers(bench, cloud):
    inject("lost_instance", "*:endpoint/*/AllTraffic/i-*", seconds=2)
    name = bench.serving(bench.config(bench.variant(bench.model(), InitialInstanceCount=2)))
    logs, group = cloud.client("logs"), f"/aws/sagemaker/Endpoints/{name}"
    answers = []

    def is_replaced():
        answers.append(answer_or_status(bench, name))
        streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
        (variant,) = bench.describe(name)["ProductionVariants"]
        return len(streams) == 3 and variant["CurrentInstanceCount"] == 2

    bench.workshop.until(is_replaced, bool)
    assert set(answers) <= {"a:x", 503}
    assert answers[-1] == "a:x"
    # Once it is known that the instance is lost, the other one is asked.
    assert answers.count(503) < 5
    assert len(hits()) == 1


def answer_or_status(bench, name):
    try:
        return bench.ask(name)
    except bench.runtime.exceptions.ModelError as error:
        return error.response["OriginalStatusCode"]


def test_captured_requests_wait_while_s3_is_out_of_order(bench, tried_once):
    uri = bench.workshop.uri("captured")
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": uri,
        "CaptureOptions": [{"CaptureMode": "Input"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }
    name = bench.serving(bench.config_of(DataCaptureConfig=capture))
    FAULTS.inject(Fault(kind="error", action="s3:PutObject", role="everything", times=2))
    bench.ask(name, "1")
    bench.workshop.until(lambda: len(hits()), lambda count: count == 2)
    keys = bench.workshop.until(lambda: bench.workshop.keys("captured"), bool)
    (line,) = "".join(map(bench.workshop.text, keys)).splitlines()
    assert '"data": "1"' in line


def test_metrics_wait_while_cloudwatch_is_out_of_order(bench, cloud, tried_once):
    name = bench.serving(bench.config_of())
    FAULTS.inject(Fault(kind="error", action="cloudwatch:PutMetricData", times=2))
    bench.ask(name)
    bench.workshop.until(lambda: len(hits()), lambda count: count == 2)
    bench.workshop.until(lambda: invocations(cloud, name), lambda count: count == 1)


def invocations(cloud, name):
    now = datetime.now(UTC)
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "EndpointName", "Value": name},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


def test_people_see_how_often_a_step_was_tried(workshop, cloud, capsys):
    inject("lost_instance")
    policies = [{**RETRIES[0], "MaxAttempts": 1}]
    request = workshop.processing("import time; time.sleep(1)")
    step = workshop.step("Unlucky", "Processing", request, RetryPolicies=policies)
    once = workshop.step("Lucky", "Processing", workshop.processing(""), DependsOn=["Unlucky"])
    execution = workshop.start(workshop.pipeline([step, once]))
    assert wait(cloud, execution, json=False) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    unlucky = words_of(lines, "Unlucky")
    assert "Executing attempt 2" in unlucky
    done = [words for words in unlucky if words.startswith("Succeeded")]
    assert [words.endswith("2 attempts") for words in done] == [True, True]
    assert not any("attempt" in words for words in words_of(lines, "Lucky"))


def words_of(lines, name):
    """What is told behind a step's name, line by line."""
    return [" ".join(line[line.index(name) + 1 :]) for line in lines if name in line]
