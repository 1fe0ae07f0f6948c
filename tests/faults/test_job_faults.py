"""Jobs and endpoints: instances, disks, keys and logs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.jobs.process_isolation import has_namespaces
from tests.faults.conftest import Faults
from tests.faults.pipelines import copy_of, files_of, rows_of
from tests.faults.versions import described, version
from tests.faults.watching import eventually
from tests.faults.whole_run import REQUESTS
from tests.integration.laptop import Laptop, step

pytestmark = pytest.mark.laptop

LOST = "InternalServerError: We encountered an internal error. Please try again."
LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
ENDPOINT = "redline-local-tickit"
# Shared pages count for each process: four times 1.2 GiB, for which this machine needs 1.2 GiB.
HOARD = (
    "import os, time; held = bytearray(1200 * 1024 * 1024); os.fork(); os.fork(); time.sleep(600)"
)


@pytest.fixture(scope="module")
def only_preprocess(laptop):
    """A copy of tickit with only the step Preprocess."""
    return copy_of(laptop, "tickit", steps=["Preprocess"])


@pytest.fixture(scope="module")
def undisturbed(laptop, only_preprocess):
    """The rows that Preprocess writes without faults."""
    rows = rows_of(files_of(laptop, laptop.json("start", only_preprocess), "Preprocess"))
    assert len(rows) > 1000
    return rows


@pytest.fixture(scope="module")
def approved(laptop):
    """An approved model with a baseline, which the endpoint serves."""
    found = laptop.client("sagemaker").list_model_packages(
        ModelPackageGroupName=ENDPOINT, ModelApprovalStatus="Approved"
    )
    approved = [each["ModelPackageArn"] for each in found["ModelPackageSummaryList"]]
    # Other tests may have approved a version without a baseline.
    if not approved or "DriftCheckBaselines" not in described(laptop, max(approved, key=version)):
        laptop.run("tick", "tickit")
        laptop.run("approve", "tickit")


def failed(laptop: Laptop, pipeline: str, name: str = "Preprocess") -> dict[str, Any]:
    """Return the failed step of a failed run, which has no output of that step."""
    summary = laptop.json("start", pipeline, code=1)
    assert (summary["status"], summary["packages"]) == ("Failed", [])
    assert files_of(laptop, summary, name) == {}
    return step(summary, name)


def hit_kinds(faults: Faults) -> list[str]:
    """Return the kinds of faults that affected an operation."""
    return [hit["kind"] for hit in faults.hits()]


@pytest.mark.skipif(not has_namespaces(), reason="this machine does not allow mount namespaces")
@pytest.mark.fault(
    "the disk of a job is full",
    sees="failed cleanly: the step's reason names the disk and the remedy, a larger volume_gb",
    retried="nothing: the disk would be full again",
    kept="a failed job has no output, and no model is registered",
)
def test_a_full_disk(laptop, faults, only_preprocess):
    faults.inject("disk_full", resource="*/algo-1")
    found = failed(laptop, only_preprocess)
    assert "the disk is full: give the step's Instances a larger volume_gb" in found["reason"]
    assert found["attempts"] == 1
    assert hit_kinds(faults) == ["disk_full"]


@pytest.mark.fault(
    "the process of a job is killed, as it is without free memory",
    sees="failed cleanly: exit code 137, its usual cause, and the memory of the instance type",
    retried="nothing: the process would be killed again",
    kept="a failed job has no output, and no model is registered",
)
def test_a_killed_process(laptop, faults, only_preprocess):
    faults.inject("kill", resource="*/algo-1")
    found = failed(laptop, only_preprocess)
    words = (
        "exit code: 137. The process was killed, probably because memory ran out: ml.m5.large has"
    )
    assert words in found["reason"]
    assert found["attempts"] == 1


@pytest.mark.fault(
    "a job needs more memory than its instance has",
    sees="failed cleanly: the used memory, the memory of the type, and the remedy: a larger type",
    retried="nothing: the job would need the same memory",
    kept="a failed job has no output, and no model is registered",
)
def test_a_job_out_of_memory(laptop):
    def hoard(arguments):
        arguments["AppSpecification"]["ContainerEntrypoint"] = ["python3", "-c", HOARD]
        arguments["ProcessingResources"]["ClusterConfig"]["InstanceType"] = "ml.t3.medium"

    found = failed(laptop, copy_of(laptop, "tickit", steps=["Preprocess"], change=hoard))
    assert "Please use an instance type with more memory. algo-1 used" in found["reason"]
    assert "ml.t3.medium has 4.00 GiB." in found["reason"]
    assert found["attempts"] == 1


@pytest.mark.fault(
    "a job exceeds its time limit",
    sees="failed cleanly: the step's reason is MaxRuntimeExceeded with the time limit in seconds",
    retried="nothing: the job would need the same time",
    kept="a stopped job has no output, and no model is registered",
)
def test_a_job_out_of_time(laptop):
    def sleep(arguments):
        entrypoint = ["python3", "-c", "import time; time.sleep(600)"]
        arguments["AppSpecification"]["ContainerEntrypoint"] = entrypoint
        arguments["StoppingCondition"] = {"MaxRuntimeInSeconds": 1}

    found = failed(laptop, copy_of(laptop, "tickit", steps=["Preprocess"], change=sleep))
    assert "MaxRuntimeExceeded: The job ran longer than 1 s." in found["reason"]
    assert found["attempts"] == 1


@pytest.mark.fault(
    "one of three instances of a job is lost",
    sees="survived: the run takes longer; the step has two attempts",
    retried="the job, by the step's retry policy for service faults",
    kept="the second job writes all files again: the rows are the same as without faults",
)
def test_one_of_three_instances_lost(laptop, faults, only_preprocess, undisturbed):
    faults.inject("lost_instance", resource="*/algo-2")
    summary = laptop.json("start", only_preprocess, "-p", "ProcessingInstanceCount=3")
    assert step(summary, "Preprocess")["attempts"] == 2
    files = files_of(laptop, summary, "Preprocess")
    train = sorted(name for name in files if name.startswith("train/"))
    assert train == [f"train/part-algo-{number}.parquet" for number in (1, 2, 3)]
    assert rows_of(files) == undisturbed
    assert hit_kinds(faults) == ["lost_instance"]


@pytest.mark.fault(
    "every instance of a job is lost",
    sees="failed cleanly: InternalServerError, please try again",
    retried="the job, three times, by the step's retry policy for service faults",
    kept="a failed job has no output, and no model is registered",
)
def test_every_instance_lost(laptop, faults, only_preprocess):
    faults.inject("lost_instance", resource="*/algo-1", times=None)
    found = failed(laptop, only_preprocess)
    assert (found["reason"], found["attempts"]) == (LOST, 4)
    assert hit_kinds(faults) == ["lost_instance"] * 4


@pytest.mark.fault(
    "S3 fails (500) during an upload and a download",
    sees="survived: the run takes longer; the steps have two attempts",
    retried="the calls, then the job, by the step's retry policy for service faults",
    kept="existing files are written again with the same names: no row is duplicated",
)
def test_s3_out_of_order(laptop, faults, undisturbed):
    copy = copy_of(laptop, "tickit", steps=["Preprocess", "Train"])
    into, out_of = "*/runs/tickit/*/Preprocess/*", "*/Preprocess/train/*"
    faults.inject("error", action="s3:PutObject", resource=into, after=2, times=5)
    faults.inject("error", action="s3:GetObject", resource=out_of, times=5)
    summary = laptop.json("start", copy)
    assert {one["name"]: one["attempts"] for one in summary["steps"]} == {
        "Preprocess": 2,
        "Train": 2,
    }
    assert rows_of(files_of(laptop, summary, "Preprocess")) == undisturbed
    assert (
        sorted(hit["action"] for hit in faults.hits())
        == ["s3:GetObject"] * 5 + ["s3:PutObject"] * 5
    )


@pytest.mark.fault(
    "the environment's key is disabled",
    sees="failed cleanly: the step's reason says that the key is disabled",
    retried="nothing; the next run succeeds after the key is enabled",
    kept="encrypted data cannot be read until the key is enabled; no data is lost",
)
def test_the_key_disabled(laptop, only_preprocess, undisturbed):
    kms = laptop.client("kms")
    key = laptop.output("redline-local-data", "DataKeyArn")
    lake = laptop.output("redline-local-data", "LakeBucketName")
    (some, *_) = laptop.uris(f"s3://{lake}/runs/tickit/")
    kms.disable_key(KeyId=key.rpartition("/")[2])
    try:
        found = failed(laptop, only_preprocess)
        with pytest.raises(ClientError, match=r"KMS\.DisabledException"):
            laptop.read(some)
    finally:
        kms.enable_key(KeyId=key.rpartition("/")[2])
    assert f"{key} is disabled." in found["reason"]
    again = laptop.json("start", only_preprocess)
    assert rows_of(files_of(laptop, again, "Preprocess")) == undisturbed
    assert laptop.read(some)


@pytest.mark.fault(
    "the log group of jobs is deleted",
    sees="survived: the run continues; the group is created again and has the lines from then on",
    retried="the line that could not be written",
    kept="no data depends on the logs",
)
def test_the_log_group_is_deleted(laptop, only_preprocess):
    laptop.client("logs").delete_log_group(logGroupName=LOG_GROUP)
    summary = laptop.json("start", only_preprocess)
    assert summary["status"] == "Succeeded"
    printed = laptop.run("logs", summary["execution_id"], "Preprocess").stdout
    assert "preprocess done in" in printed


@pytest.mark.fault(
    "the process of a job is killed during one of its API calls",
    sees="failed cleanly: the step's reason names exit code 137",
    retried="nothing; the next run succeeds",
    kept="the output is uploaded after a job has succeeded: it is never incomplete",
)
def test_a_job_that_is_killed_during_an_api_call(laptop, faults, approved):
    copy = copy_of(laptop, "tickit-monitor", steps=["Collect"])
    faults.inject("crash", action="s3:ListBucket", role="*tickit-monitor-*Processing*", after=1)
    summary = laptop.json("start", copy, code=1)
    assert "exit code: 137" in step(summary, "Collect")["reason"]
    assert files_of(laptop, summary, "Collect", pipeline="tickit-monitor") == {}
    assert hit_kinds(faults) == ["crash"]
    assert laptop.json("start", copy)["status"] == "Succeeded"


@pytest.mark.fault(
    "one of two instances of a transform job is lost",
    sees="survived: the run takes longer; the step has two attempts",
    retried="the job, by the step's retry policy for service faults",
    kept="the files are written again with the same names and loaded once: no row is duplicated",
)
def test_a_transform_instance_lost(laptop, faults, approved):
    copy = copy_of(laptop, "tickit-batch")
    days = ["-p", "FirstDay=2008-12-01", "-p", "LastDay=2008-12-31"]
    faults.inject("lost_instance", resource="*:transform-job/*/algo-1")
    summary = laptop.json("start", copy, *days, "-p", "TransformInstanceCount=2")
    assert step(summary, "Transform")["attempts"] == 2
    assert hit_kinds(faults) == ["lost_instance"]
    loaded = laptop.json(
        "query",
        "SELECT COUNT(*) AS rows, COUNT(DISTINCT dateid || '-' || venueid || '-' || catid) AS keys "
        f"FROM tickit_predictions WHERE execution_id = '{summary['execution_id']}'",
    )[0]
    planned = laptop.json(
        "query",
        "SELECT COUNT(DISTINCT e.dateid || '-' || e.venueid || '-' || e.catid) AS keys "
        "FROM event e JOIN date d ON d.dateid = e.dateid "
        "WHERE d.caldate BETWEEN '2008-12-01' AND '2008-12-31'",
    )[0]
    assert loaded == {"rows": planned["keys"], "keys": planned["keys"]}


@pytest.mark.fault(
    "an instance of an endpoint is lost while it handles requests",
    sees="survived: the other instances answer; the current request of the lost one fails",
    retried="the service replaces the instance; the caller repeats the request",
    kept="all responses come from the same model",
)
def test_an_endpoint_instance_lost(laptop, faults, approved):
    before = laptop.json("predict", "tickit", REQUESTS)
    logs = laptop.client("logs")

    def streams() -> int:
        pages = logs.get_paginator("describe_log_streams").paginate(
            logGroupName=f"/aws/sagemaker/Endpoints/{ENDPOINT}"
        )
        return sum(len(page["logStreams"]) for page in pages)

    def is_replaced() -> bool:
        ended = laptop.run("predict", "tickit", REQUESTS, "--json", code=None)
        if ended.returncode:
            assert "The model did not respond" in ended.stderr
        else:
            assert json.loads(ended.stdout) == before
        # The third instance comes from the scaling; the fourth replaces the lost one.
        return streams() >= started + 2

    started = streams()
    faults.inject("lost_instance", resource=f"*:endpoint/{ENDPOINT}/*", seconds=2)
    have_at_least(laptop, 3)
    try:
        eventually(is_replaced)
    finally:
        have_at_least(laptop, 2)
    assert hit_kinds(faults) == ["lost_instance"]
    assert laptop.json("predict", "tickit", REQUESTS) == before


def have_at_least(laptop: Laptop, count: int) -> None:
    """Scale the endpoint by its minimum capacity: autoscaling would soon reduce a desired count."""
    sagemaker = laptop.client("sagemaker")

    def variant() -> dict[str, Any]:
        (found,) = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["ProductionVariants"]
        return found

    laptop.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        ResourceId=f"endpoint/{ENDPOINT}/variant/{variant()['VariantName']}",
        MinCapacity=count,
    )
    eventually(lambda: variant()["CurrentInstanceCount"] >= count)
