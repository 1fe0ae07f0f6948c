"""Processing jobs through boto3: the environment of a script, its results and its failures."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.jobs.instance_types import GIBIBYTE, MEMORY_BYTES

COPY = """
import pathlib, shutil
data, out = (pathlib.Path("/opt/ml/processing", name) for name in ("input/data", "output/out"))
for file in data.rglob("*"):
    if file.is_file():
        target = out / file.relative_to(data)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
"""
SHARES = """
import json, os, pathlib
hosts = json.loads(pathlib.Path("/opt/ml/config/resourceconfig.json").read_text())
names = sorted(path.name for path in pathlib.Path("/opt/ml/processing/input/data").iterdir())
out = pathlib.Path("/opt/ml/processing/output/out", hosts["current_host"] + ".json")
out.write_text(json.dumps([names, hosts["hosts"]]))
"""


def run(workshop, script, *, inputs=None, **more):
    request = workshop.processing(
        script, inputs=inputs, outputs={"out": workshop.uri("out/")}, **more
    )
    return workshop.run_processing(request)


def test_files_are_downloaded_from_a_prefix_and_uploaded_to_a_prefix(workshop):
    workshop.put("in/a.txt", "a")
    workshop.put("in/deep/b.txt", "b")
    data = workshop.processing_input("data", workshop.uri("in/"))
    found = run(workshop, COPY, inputs=[data])
    assert found["ProcessingJobStatus"] == "Completed", found
    assert workshop.keys("out/") == ["out/a.txt", "out/deep/b.txt"]
    assert workshop.text("out/deep/b.txt") == "b"


def test_an_input_can_be_one_object_or_a_prefix_inside_a_name(workshop):
    for name in ("part-1.csv", "part-2.csv", "other.csv"):
        workshop.put(f"in/{name}", name)
    one = workshop.processing_input("data", workshop.uri("in/other.csv"))
    run(workshop, COPY, inputs=[one])
    parts = workshop.processing_input("data", workshop.uri("in/part"))
    run(workshop, COPY, inputs=[parts])
    assert workshop.keys("out/") == ["out/other.csv", "out/part-1.csv", "out/part-2.csv"]


def test_a_manifest_names_the_files(workshop):
    for name in ("a", "b", "c"):
        workshop.put(f"in/{name}", name)
    manifest = json.dumps([{"prefix": workshop.uri("in/")}, "a", "c"])
    data = workshop.processing_input(
        "data", workshop.put("list.json", manifest), S3DataType="ManifestFile"
    )
    run(workshop, COPY, inputs=[data])
    assert workshop.keys("out/") == ["out/a", "out/c"]


@pytest.mark.parametrize(
    ("distribution", "shares"),
    [
        ("ShardedByS3Key", [["f0", "f3"], ["f1", "f4"], ["f2"]]),
        ("FullyReplicated", [[f"f{n}" for n in range(5)]] * 3),
    ],
)
def test_files_are_distributed_to_three_hosts(workshop, distribution, shares):
    for number in range(5):
        workshop.put(f"in/f{number}", "x")
    data = workshop.processing_input(
        "data", workshop.uri("in/"), S3DataDistributionType=distribution
    )
    found = run(workshop, SHARES, inputs=[data], count=3)
    assert found["ProcessingJobStatus"] == "Completed", found
    hosts = ["algo-1", "algo-2", "algo-3"]
    seen = [json.loads(workshop.text(f"out/{host}.json")) for host in hosts]
    assert seen == [[share, hosts] for share in shares]


def test_a_script_sees_the_variables_of_the_service_but_not_of_the_server(workshop, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "x")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    script = """
import json, os, sys, pathlib, importlib.util
import boto3
found = {
    "environment": dict(os.environ),
    "config": json.loads(pathlib.Path("/opt/ml/config/processingjobconfig.json").read_text()),
    "project": [n for n in ("local_cloud", "stacks") if importlib.util.find_spec(n)],
    "identity": boto3.client("sts").get_caller_identity()["Arn"],
    "files_here": os.listdir("."),
}
pathlib.Path("/opt/ml/processing/output/out/seen.json").write_text(json.dumps(found))
"""
    found = run(workshop, script, Environment={"MINE": "yes", "MKL_NUM_THREADS": "3"})
    assert found["ProcessingJobStatus"] == "Completed", found
    seen = json.loads(workshop.text("out/seen.json"))
    environment = seen["environment"]
    assert environment["MINE"] == "yes"
    assert (environment["OMP_NUM_THREADS"], environment["MKL_NUM_THREADS"]) == ("1", "3")
    assert environment["PROCESSING_JOB_ARN"] == found["ProcessingJobArn"]
    assert environment["AWS_ENDPOINT_URL"].startswith("http://localhost:")
    assert not {"SECRET_OF_THE_SERVER", "PYTHONPATH"} & set(environment)
    assert seen["project"] == seen["files_here"] == []
    assert ":assumed-role/everything/SageMaker" in seen["identity"]
    config = seen["config"]
    assert config["ProcessingJobName"] == found["ProcessingJobName"]
    assert config["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 1


def test_the_message_of_a_script_that_succeeds_is_the_exit_message(workshop):
    script = 'open("/opt/ml/output/message", "w").write("nine rows")'
    found = run(workshop, script)
    assert found["ExitMessage"] == "nine rows"
    assert found["ProcessingStartTime"] <= found["ProcessingEndTime"]


def test_a_script_that_raises_fails_with_its_message(workshop):
    script = (
        'open("/opt/ml/output/message", "w").write("line 3: x is no date"); raise SystemExit(3)'
    )
    found = run(workshop, script)
    assert found["ProcessingJobStatus"] == "Failed"
    assert found["FailureReason"] == "AlgorithmError: line 3: x is no date, exit code: 3"
    assert found["ExitMessage"] == "line 3: x is no date"


def test_a_traceback_is_in_the_logs_and_the_reason_refers_to_them(workshop, cloud):
    found = run(workshop, 'print("started"); 1 / 0')
    reason = "AlgorithmError: See job logs for more information, exit code: 1"
    assert found["FailureReason"] == reason
    logs, group = cloud.client("logs"), {"logGroupName": "/aws/sagemaker/ProcessingJobs"}
    prefix = found["ProcessingJobName"] + "/algo-1-"
    (stream,) = logs.describe_log_streams(**group, logStreamNamePrefix=prefix)["logStreams"]
    events = logs.get_log_events(**group, logStreamName=stream["logStreamName"])["events"]
    messages = [event["message"] for event in events]
    assert messages[0] == "started"
    assert messages[-1] == "ZeroDivisionError: division by zero"


def test_a_failing_host_ends_the_others(workshop):
    script = """
import json, time
host = json.load(open("/opt/ml/config/resourceconfig.json"))["current_host"]
if host == "algo-2":
    raise SystemExit(5)
time.sleep(60)
"""
    found = run(workshop, script, count=2)
    assert found["FailureReason"].endswith("exit code: 5")


def test_a_host_with_too_much_memory_is_ended(workshop, monkeypatch):
    monkeypatch.setitem(MEMORY_BYTES, "ml.t3.medium", GIBIBYTE // 8)
    script = "data = bytearray(200 * 1024**2); import time; time.sleep(60)"
    found = run(workshop, script, instance_type="ml.t3.medium")
    assert found["ProcessingJobStatus"] == "Failed"
    expected = r"algo-1 used 0\.\d\d GiB of memory; ml\.t3\.medium has 0\.12 GiB\."
    assert re.search(expected, found["FailureReason"])


def test_the_reason_of_a_killed_process_suggests_more_memory(workshop):
    found = run(workshop, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert (
        "exit code: 137. The process was killed, probably because memory ran out"
        in (found["FailureReason"])
    )
    assert "ml.m5.large has 8 GiB" in found["FailureReason"]


def test_a_job_ends_at_its_maximum_runtime(workshop):
    condition = {"MaxRuntimeInSeconds": 1}
    found = run(workshop, "import time; time.sleep(60)", StoppingCondition=condition)
    assert found["ProcessingJobStatus"] == "Stopped"
    assert "MaxRuntimeExceeded: The job ran longer than 1 s." in found["FailureReason"]


def test_a_job_can_be_stopped(workshop):
    name = f"job-{uuid4().hex[:8]}"
    request = workshop.processing("import time; time.sleep(60)")
    workshop.sagemaker.create_processing_job(ProcessingJobName=name, **request)
    workshop.sagemaker.stop_processing_job(ProcessingJobName=name)
    assert workshop.wait_processing(name)["ProcessingJobStatus"] == "Stopped"
    # The second stop is a no-op, because the job has ended.
    workshop.sagemaker.stop_processing_job(ProcessingJobName=name)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [("nothing/here", "No S3 objects found under S3 URL"), ("", "NoSuchBucket")],
)
def test_a_missing_input_fails_the_job(workshop, uri, expected):
    source = workshop.uri(uri) if uri else "s3://no-such-bucket/x"
    found = run(workshop, COPY, inputs=[workshop.processing_input("data", source)])
    assert found["ProcessingJobStatus"] == "Failed"
    assert found["FailureReason"].startswith("ClientError: Data download failed")
    assert expected in found["FailureReason"]


def test_outputs_are_encrypted_with_the_key_of_the_request(workshop, cloud):
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    script = 'open("/opt/ml/processing/output/out/x", "w").write("x")'
    request = workshop.processing(script, outputs={"out": workshop.uri("out")})
    request["ProcessingOutputConfig"]["KmsKeyId"] = key
    workshop.run_processing(request)
    head = workshop.s3.head_object(Bucket=workshop.bucket, Key="out/x")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def test_an_isolated_job_has_no_network(workshop):
    script = """
import os, socket, urllib.parse
address = urllib.parse.urlparse(os.environ["AWS_ENDPOINT_URL"])
try:
    socket.create_connection(("127.0.0.1", address.port), timeout=5)
except OSError:
    raise SystemExit(0)
raise SystemExit("the network is reachable")
"""
    found = run(workshop, script, NetworkConfig={"EnableNetworkIsolation": True})
    assert found["ProcessingJobStatus"] == "Completed", found


WAIT_FOR_THE_COPY = """
import sys, boto3
from pathlib import Path
bucket, key = sys.argv[1:]
Path("/opt/ml/processing/output/out/first.txt").write_text("1")
boto3.client("s3").get_waiter("object_exists").wait(
    Bucket=bucket, Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
)
Path("/opt/ml/processing/output/out/last.txt").write_text("2")
sys.exit(3)
"""


def test_a_continuous_output_is_copied_while_the_job_runs(workshop):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Output.html"""
    arguments = [workshop.bucket, "out/first.txt"]
    outputs = {"out": workshop.uri("out/")}
    request = workshop.processing(WAIT_FOR_THE_COPY, outputs=outputs, arguments=arguments)
    request["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3UploadMode"] = "Continuous"
    found = workshop.run_processing(request)
    assert found["ProcessingJobStatus"] == "Failed"
    assert found["FailureReason"].endswith("exit code: 3")
    assert workshop.text("out/last.txt") == "2"


def refused(workshop, request):
    with pytest.raises(ClientError) as caught:
        workshop.sagemaker.create_processing_job(ProcessingJobName="refused", **request)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return caught.value.response["Error"]["Message"]


def test_unsupported_members_are_refused_by_name(workshop):
    request = workshop.processing("", outputs={"out": workshop.uri("out")})
    cluster = request["ProcessingResources"]["ClusterConfig"]
    source = request["ProcessingInputs"][0]["S3Input"]
    application = request["AppSpecification"]
    for place, member, value, expected in [
        (cluster, "InstanceType", "ml.p5.48xlarge", "'ml.p5.48xlarge' is not supported here"),
        (cluster, "InstanceType", "ml.m5.huge", "ml.m5 has the sizes large, xlarge,"),
        (application, "ImageUri", "registry.example/spark:3", "'spark' is not a supported image"),
        (application, "ContainerEntrypoint", None, "ContainerEntrypoint is missing"),
        (source, "S3InputMode", "Pipe", "S3InputMode Pipe is not supported here; use File"),
        (source, "S3CompressionType", "Gzip", "can only be used with S3InputMode Pipe"),
        (source, "LocalPath", "/tmp/x", "'/tmp/x' must begin with /opt/ml/processing/"),
    ]:
        before = dict(place)
        place[member] = value
        if value is None:
            del place[member]
        assert expected in refused(workshop, request)
        place.clear()
        place.update(before)


def test_an_input_without_a_source_is_refused(workshop):
    request = workshop.processing("", inputs=[{"InputName": "data", "AppManaged": False}])
    assert "must have exactly one of S3Input and DatasetDefinition" in refused(workshop, request)


def test_a_name_must_be_unique(workshop):
    request = workshop.processing("")
    found = workshop.run_processing(request)
    with pytest.raises(ClientError, match="ResourceInUse"):
        workshop.sagemaker.create_processing_job(
            ProcessingJobName=found["ProcessingJobName"], **request
        )


def test_jobs_are_listed_with_filters_and_pages(workshop):
    prefix = f"list-{uuid4().hex[:6]}"
    for number in range(3):
        workshop.sagemaker.create_processing_job(
            ProcessingJobName=f"{prefix}-{number}", **workshop.processing("")
        )
    for number in range(3):
        workshop.wait_processing(f"{prefix}-{number}")
    pages = workshop.sagemaker.get_paginator("list_processing_jobs").paginate(
        NameContains=prefix,
        StatusEquals="Completed",
        SortBy="Name",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": 2},
    )
    names = [[job["ProcessingJobName"] for job in page["ProcessingJobSummaries"]] for page in pages]
    assert names == [[f"{prefix}-0", f"{prefix}-1"], [f"{prefix}-2"]]


def test_an_unknown_job_is_a_validation_exception(sagemaker):
    with pytest.raises(ClientError, match="Could not find requested Processing job"):
        sagemaker.describe_processing_job(ProcessingJobName="missing")


def test_the_folder_of_a_job_is_deleted_when_it_completes(workshop, cloud):
    found = run(workshop, "")
    assert not (cloud.state / "jobs" / found["ProcessingJobName"]).exists()
    failed = run(workshop, "raise SystemExit(1)")
    assert (cloud.state / "jobs" / failed["ProcessingJobName"]).exists()
