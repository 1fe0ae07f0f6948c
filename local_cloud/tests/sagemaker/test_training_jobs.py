"""Training jobs through boto3: channels, model archives and failure reasons."""

from __future__ import annotations

import io
import json
import tarfile
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.jobs import host_network, process_isolation

needs_namespaces = pytest.mark.skipif(
    not process_isolation.has_namespaces(), reason="this machine does not allow mount namespaces"
)
FIT = """
import json, pathlib
root = pathlib.Path("/opt/ml")
data = root / "input/data"
read = lambda name: json.loads((root / "input/config" / name).read_text())
seen = {
    "hyperparameters": read("hyperparameters.json"),
    "channels": read("inputdataconfig.json"),
    "resources": read("resourceconfig.json"),
    "files": sorted(str(f.relative_to(data)) for f in data.rglob("*") if f.is_file()),
}
host = seen["resources"]["current_host"]
(root / "model" / f"{host}.json").write_text(json.dumps(seen))
(root / "model/code").mkdir()
(root / "model/code/inference.py").write_text("")
print("train:rmse=2.50;"); print("train:rmse=1.25;")
"""


def members(workshop, uri):
    key = uri.removeprefix(f"s3://{workshop.bucket}/")
    body = workshop.s3.get_object(Bucket=workshop.bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {
            entry.name: archive.extractfile(entry).read().decode()
            for entry in archive.getmembers()
            if entry.isfile()
        }


def test_a_training_job_writes_a_model_archive(workshop):
    workshop.put("train/a.csv", "1")
    workshop.put("train/b.csv", "2")
    request = workshop.training(
        FIT,
        channels={"train": workshop.uri("train/")},
        HyperParameters={"depth": "3"},
    )
    request["AlgorithmSpecification"]["MetricDefinitions"] = [
        {"Name": "rmse", "Regex": "train:rmse=([0-9.]+);"}
    ]
    found = workshop.run_training(request)
    assert found["TrainingJobStatus"] == found["SecondaryStatus"] == "Completed", found
    uri = found["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == workshop.uri(f"models/{found['TrainingJobName']}/output/model.tar.gz")
    model = members(workshop, uri)
    assert sorted(model) == ["algo-1.json", "code/inference.py"]
    seen = json.loads(model["algo-1.json"])
    assert seen["hyperparameters"] == {"depth": "3"}
    assert seen["files"] == ["code/run.py", "train/a.csv", "train/b.csv"]
    assert seen["channels"]["train"]["TrainingInputMode"] == "File"
    assert seen["resources"]["hosts"] == ["algo-1"]
    assert seen["resources"]["current_instance_type"] == "ml.m5.large"
    (metric,) = found["FinalMetricDataList"]
    assert (metric["MetricName"], metric["Value"]) == ("rmse", 1.25)
    phases = [phase["Status"] for phase in found["SecondaryStatusTransitions"]]
    assert phases == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert found["BillableTimeInSeconds"] >= 1


def test_fast_file_mode_has_the_files_of_a_channel(workshop):
    """It "exposes S3 objects […] as if the files were available on the local disk":

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
    """
    workshop.put("train/a.csv", "1")
    request = workshop.training(FIT, channels={"train": workshop.uri("train/")})
    request["AlgorithmSpecification"]["TrainingInputMode"] = "FastFile"
    for channel in request["InputDataConfig"]:
        channel["InputMode"] = "FastFile"
    found = workshop.run_training(request)
    assert found["TrainingJobStatus"] == "Completed", found
    model = members(workshop, found["ModelArtifacts"]["S3ModelArtifacts"])
    assert json.loads(model["algo-1.json"])["files"] == ["code/run.py", "train/a.csv"]


def test_the_models_of_several_hosts_are_packed_into_one_archive(workshop):
    found = workshop.run_training(workshop.training(FIT, count=2))
    model = members(workshop, found["ModelArtifacts"]["S3ModelArtifacts"])
    assert sorted(model) == ["algo-1.json", "algo-2.json", "code/inference.py"]


def test_other_output_has_its_own_archive(workshop):
    script = 'open("/opt/ml/output/data/plot.txt", "w").write("plot")'
    found = workshop.run_training(workshop.training(script))
    uri = workshop.uri(f"models/{found['TrainingJobName']}/output/output.tar.gz")
    assert members(workshop, uri) == {"plot.txt": "plot"}


def test_a_model_can_be_stored_unpacked(workshop):
    output = {"S3OutputPath": workshop.uri("models"), "CompressionType": "NONE"}
    found = workshop.run_training(workshop.training(FIT, OutputDataConfig=output))
    uri = found["ModelArtifacts"]["S3ModelArtifacts"]
    assert uri == workshop.uri(f"models/{found['TrainingJobName']}/output/model")
    keys = workshop.keys(uri.removeprefix(workshop.uri("")))
    assert [key.rpartition("/")[2] for key in keys] == ["algo-1.json", "inference.py"]


def test_the_failure_file_sets_the_failure_reason(workshop):
    script = (
        'open("/opt/ml/output/failure", "w").write("no rows in channel train"); raise SystemExit(1)'
    )
    found = workshop.run_training(workshop.training(script))
    assert found["TrainingJobStatus"] == found["SecondaryStatus"] == "Failed"
    assert found["FailureReason"] == "AlgorithmError: no rows in channel train, exit code: 1"


def test_a_stopped_job_keeps_its_saved_model(workshop):
    script = """
import time
open("/opt/ml/model/half.txt", "w").write("half")
print("saved", flush=True)
time.sleep(60)
"""
    name = f"job-{uuid4().hex[:8]}"
    request = workshop.training(script, StoppingCondition={"MaxRuntimeInSeconds": 2})
    workshop.sagemaker.create_training_job(TrainingJobName=name, **request)
    found = workshop.wait_training(name)
    assert found["TrainingJobStatus"] == "Stopped"
    assert found["SecondaryStatus"] == "MaxRuntimeExceeded"
    uri = found["ModelArtifacts"]["S3ModelArtifacts"]
    assert members(workshop, uri) == {"half.txt": "half"}


def test_unsupported_members_are_refused_by_name(workshop):
    for change, expected in [
        ({"EnableManagedSpotTraining": True}, "MaxWaitTimeInSeconds is missing"),
        ({"StoppingCondition": {"MaxWaitTimeInSeconds": 9}}, "MaxWaitTimeInSeconds is not support"),
        (
            {
                "EnableManagedSpotTraining": True,
                "StoppingCondition": {"MaxRuntimeInSeconds": 9, "MaxWaitTimeInSeconds": 8},
            },
            "MaxWaitTimeInSeconds 8 must not be less than MaxRuntimeInSeconds 9",
        ),
        (
            {
                "ResourceConfig": {
                    "InstanceType": "ml.p5.48xlarge",
                    "InstanceCount": 1,
                    "VolumeSizeInGB": 1,
                }
            },
            "'ml.p5.48xlarge' is not supported here",
        ),
        (
            {"InputDataConfig": [workshop.channel("x", "s3://b/x") | {"InputMode": "Pipe"}]},
            "InputDataConfig[x].InputMode Pipe is not supported here; use File",
        ),
        (
            {"InputDataConfig": [workshop.channel("x", "s3://b/x") | {"CompressionType": "Gzip"}]},
            "CompressionType Gzip can only be used with input mode Pipe",
        ),
        (
            {
                "InputDataConfig": [
                    workshop.channel("x", "s3://b/x", S3DataType="AugmentedManifestFile")
                ]
            },
            "AugmentedManifestFile is not supported here",
        ),
    ]:
        with pytest.raises(ClientError) as caught:
            workshop.sagemaker.create_training_job(
                TrainingJobName="refused", **workshop.training("") | change
            )
        assert expected in str(caught.value)


def test_training_jobs_are_listed(workshop):
    found = workshop.run_training(workshop.training(""))
    listed = workshop.sagemaker.list_training_jobs(NameContains=found["TrainingJobName"])
    (summary,) = listed["TrainingJobSummaries"]
    assert summary["TrainingJobStatus"] == "Completed"


@pytest.mark.parametrize("isolated", [True, False])
def test_a_container_has_the_credentials_of_its_role_unless_it_is_isolated(workshop, isolated):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html"""
    script = (
        'import os, pathlib; pathlib.Path("/opt/ml/model/names").write_text(" ".join(os.environ))'
    )
    request = workshop.training(script, EnableNetworkIsolation=isolated)
    found = workshop.run_training(request)
    names = set(members(workshop, found["ModelArtifacts"]["S3ModelArtifacts"])["names"].split())
    credentials = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    assert names & credentials == (set() if isolated else credentials)


def test_the_name_of_a_training_job_cannot_be_used_again(workshop):
    """So no later job writes to the key of an earlier model.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
    """
    first = workshop.run_training(workshop.training(FIT))
    with pytest.raises(ClientError, match="already exists") as refused:
        workshop.sagemaker.create_training_job(
            TrainingJobName=first["TrainingJobName"], **workshop.training(FIT)
        )
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"


PEERS = """
import json, socket, time
names = json.load(open("/opt/ml/input/config/resourceconfig.json"))
me, hosts = names["current_host"], names["hosts"]
if me == hosts[0]:
    with socket.create_server((socket.gethostbyname(me), 9099)) as server:
        asked, _ = server.accept()
        open("/opt/ml/model/heard", "wb").write(asked.recv(9))
else:
    while True:
        try:
            socket.create_connection((hosts[0], 9099)).sendall(me.encode())
            break
        except OSError:
            time.sleep(0.05)
"""


@needs_namespaces
@pytest.mark.parametrize("isolated", [True, False])
def test_the_hosts_of_a_job_reach_each_other_by_name(workshop, isolated):
    request = workshop.training(PEERS, count=2, EnableNetworkIsolation=isolated)
    found = workshop.run_training(request)
    assert found["TrainingJobStatus"] == "Completed", found["FailureReason"]
    assert members(workshop, found["ModelArtifacts"]["S3ModelArtifacts"]) == {"heard": "algo-2"}


@needs_namespaces
def test_isolated_hosts_reach_nothing_else(workshop):
    port = workshop.sagemaker.meta.endpoint_url.rpartition(":")[2]
    script = f"""
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=5)
except ConnectionRefusedError:
    raise SystemExit(0)
raise SystemExit("the network is reachable")
"""
    found = workshop.run_training(workshop.training(script, count=2, EnableNetworkIsolation=True))
    assert found["TrainingJobStatus"] == "Completed", found["FailureReason"]


def test_several_hosts_need_namespaces(workshop, monkeypatch):
    monkeypatch.setattr(host_network, "has_namespaces", lambda: False)
    reason = workshop.run_training(workshop.training(FIT, count=2))["FailureReason"]
    assert "InstanceCount 2: the hosts of a training job reach each other" in reason
