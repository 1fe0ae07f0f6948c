"""Jobs while S3 or CloudWatch Logs fail, or while responses get lost."""

from __future__ import annotations

import pytest

OUT = "/opt/ml/processing/output/out"
GROUP = "/aws/sagemaker/ProcessingJobs"


def run(workshop, script, **more):
    request = workshop.processing(script, outputs={"out": workshop.uri("out")}, **more)
    return workshop.run_processing(request)


def copies(workshop, count=5, **more):
    """Run a job that copies all its input files to the output."""
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
def test_one_failure_of_s3_does_not_fail_the_job(workshop, kind, action, faults):
    faults.inject(kind, action=f"s3:{action}", role="everything")
    found = copies(workshop)
    assert found["ProcessingJobStatus"] == "Completed", found
    assert workshop.keys("out/") == [f"out/{number}" for number in range(5)]
    assert [hit[0] for hit in faults.hits()] == [kind]


@pytest.mark.parametrize("kind", ["error", "throttle", "time_out"])
@pytest.mark.parametrize(
    ("action", "expected", "kept"),
    [
        ("GetObject", "Data download failed", 0),
        ("PutObject", "Data upload failed to s3://", 2),
        ("ListBucket", "Data download failed", 0),
    ],
)
def test_a_longer_failure_of_s3_is_an_internal_server_error(
    workshop, tried_once, kind, action, expected, kept, faults
):
    after = {"PutObject": 2}.get(action, 0)
    faults.inject(kind, action=f"s3:{action}", role="everything", after=after, times=None)
    found = copies(workshop)
    assert found["ProcessingJobStatus"] == "Failed"
    assert found["FailureReason"].startswith(f"InternalServerError: {expected}")
    # Some files may be in S3, but no later step reads them, because the job has failed.
    assert len(workshop.keys("out/")) == kept


def test_a_refusal_of_s3_is_a_client_error(workshop):
    found = copies(workshop, ProcessingOutputConfig={"Outputs": [no_bucket(workshop)]})
    assert found["FailureReason"].startswith("ClientError: Data upload failed to s3://no-such")


def no_bucket(workshop):
    return workshop.processing_output("out", "s3://no-such-bucket-of-ours/out")


def events(cloud, job):
    logs, group = cloud.client("logs"), {"logGroupName": GROUP}
    (stream,) = logs.describe_log_streams(**group, logStreamNamePrefix=job["ProcessingJobName"])[
        "logStreams"
    ]
    found = logs.get_log_events(**group, logStreamName=stream["logStreamName"])["events"]
    return [event["message"] for event in found]


@pytest.mark.parametrize("action", ["CreateLogGroup", "CreateLogStream", "PutLogEvents"])
def test_a_lost_response_of_cloudwatch_logs_loses_no_line(workshop, cloud, action, faults):
    run(workshop, "print('the group is there')")
    if action == "CreateLogGroup":
        cloud.client("logs").delete_log_group(logGroupName=GROUP)
    faults.inject("lost_answer", action=f"logs:{action}", role="everything")
    found = run(workshop, "print('one')\nprint('two')")
    assert found["ProcessingJobStatus"] == "Completed"
    # A lost response of PutLogEvents may duplicate lines, as on AWS.
    assert list(dict.fromkeys(events(cloud, found))) == ["one", "two"]
    assert len(faults.hits()) == 1


def test_lines_are_kept_while_cloudwatch_logs_fails(workshop, cloud, tried_once, faults):
    faults.inject("time_out", action="logs:PutLogEvents", role="everything")
    script = "import time\nprint('one')\ntime.sleep(1)\nprint('two')"
    assert events(cloud, run(workshop, script)) == ["one", "two"]
    assert len(faults.hits()) == 1


def test_the_last_lines_are_sent_again_when_the_job_has_ended(workshop, cloud, tried_once, faults):
    faults.inject("error", action="logs:PutLogEvents", role="everything")
    assert events(cloud, run(workshop, "print('only')")) == ["only"]
    assert len(faults.hits()) == 1


def test_a_job_with_much_output_does_not_wait_for_logs_that_do_not_answer(
    workshop, tried_once, faults
):
    faults.inject("time_out", action="logs:*", role="everything", times=None)
    found = run(workshop, "for number in range(50_000): print(number, 'x' * 50)")
    assert found["ProcessingJobStatus"] == "Completed"
    assert faults.hits()


def test_a_deleted_log_group_is_created_again(workshop, cloud):
    script = f"""
import boto3, time
logs, group = boto3.client("logs"), {{"logGroupName": "{GROUP}"}}
def written():
    try:
        return [event["message"] for event in logs.filter_log_events(**group)["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
print("lost with the group", flush=True)
while "lost with the group" not in written():
    time.sleep(0.1)
logs.delete_log_group(**group)
print("kept")
"""
    found = run(workshop, script)
    assert found["ProcessingJobStatus"] == "Completed"
    assert events(cloud, found) == ["kept"]


def test_a_script_that_is_killed_during_a_call_has_an_exit_code(workshop, faults):
    faults.inject("crash", action="s3:ListAllMyBuckets", role="everything", after=1)
    script = """
import boto3
for number in range(3):
    boto3.client("s3").list_buckets()
    print(number, flush=True)
"""
    assert "exit code: 137" in run(workshop, script)["FailureReason"]
