"""Script mode of the framework images: the contract of their training toolkits."""

from __future__ import annotations

import io
import json
import tarfile
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

SKLEARN = "registry.example/sagemaker-scikit-learn:0.23-1-cpu-py3"
XGBOOST = "registry.example/sagemaker-xgboost:3.2-0"
SCRIPT = """
import json, os, pathlib, sys
from helper import NAME
seen = {name: value for name, value in os.environ.items() if name.startswith("SM_")}
seen["arguments"], seen["helper"] = sys.argv[1:], NAME
pathlib.Path(os.environ["SM_MODEL_DIR"], "seen.json").write_text(json.dumps(seen))
print("train:rmse=1.25;")
"""


@pytest.fixture
def script(workshop, make_archive):
    """Upload an archive. Return a request without entry point, as version 2 of the SDK sends."""

    def request(files, image=SKLEARN, program="train.py", **hyperparameters):
        archive = workshop.put(f"code/{uuid4().hex}/sourcedir.tar.gz", make_archive(files))
        made = workshop.training("", channels={"train": workshop.put("rows/a.csv", "1")})
        made["AlgorithmSpecification"] = {"TrainingImage": image, "TrainingInputMode": "File"}
        given = {
            "sagemaker_program": program,
            "sagemaker_submit_directory": archive,
            "sagemaker_container_log_level": 20,
            "sagemaker_region": "us-east-1",
            **hyperparameters,
        }
        made["HyperParameters"] = {name: json.dumps(value) for name, value in given.items()}
        return made

    return request


def seen(workshop, found):
    uri = found["ModelArtifacts"]["S3ModelArtifacts"]
    key = uri.removeprefix(f"s3://{workshop.bucket}/")
    body = workshop.s3.get_object(Bucket=workshop.bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return json.loads(archive.extractfile("seen.json").read())


def log_of(cloud, found):
    logs, group = cloud.client("logs"), "/aws/sagemaker/TrainingJobs"
    streams = logs.describe_log_streams(
        logGroupName=group, logStreamNamePrefix=f"{found['TrainingJobName']}/"
    )["logStreams"]
    return [
        event["message"]
        for stream in streams
        for event in logs.get_log_events(
            logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
        )["events"]
    ]


@pytest.mark.parametrize("image", [SKLEARN, XGBOOST])
def test_a_script_gets_arguments_variables_and_its_own_modules(workshop, script, image):
    files = {"train.py": SCRIPT, "helper.py": "NAME = 'helper'"}
    request = script(
        files, image, depth=3, name="a b", layers=[1, 2], share=0.5, s="x", none=None, is_dry=True
    )
    metric = {"Name": "rmse", "Regex": "train:rmse=([0-9.]+);"}
    request["AlgorithmSpecification"]["MetricDefinitions"] = [metric]
    found = workshop.run_training(request)
    assert found["TrainingJobStatus"] == "Completed", found
    assert found["FinalMetricDataList"][0]["Value"] == 1.25
    variables = seen(workshop, found)
    assert variables["helper"] == "helper"
    assert variables["arguments"] == [
        *("--depth", "3", "--is_dry", "True", "--layers", "[1, 2]", "--name", "a b"),
        *("--none", "", "-s", "x", "--share", "0.5"),
    ]
    expected = {
        "SM_MODEL_DIR": "/opt/ml/model",
        "SM_OUTPUT_DATA_DIR": "/opt/ml/output/data",
        "SM_CHANNEL_TRAIN": "/opt/ml/input/data/train",
        "SM_CHANNELS": '["code","train"]',
        "SM_HP_DEPTH": "3",
        "SM_HP_NAME": "a b",
        "SM_HP_LAYERS": "[1,2]",
        "SM_HP_NONE": "",
        "SM_HPS": (
            '{"depth":3,"is_dry":true,"layers":[1,2],"name":"a b","none":null,"s":"x","share":0.5}'
        ),
        "SM_HOSTS": '["algo-1"]',
        "SM_CURRENT_HOST": "algo-1",
        "SM_USER_ENTRY_POINT": "train.py",
        "SM_MODULE_NAME": "train",
        "SM_NUM_GPUS": "0",
        "SM_LOG_LEVEL": "20",
        "SM_FRAMEWORK_PARAMS": "{}",
    }
    assert {name: variables[name] for name in expected} == expected


def test_a_program_runs_in_a_shell(workshop, script):
    command = 'echo "{\\"arguments\\": \\"$*\\"}" > $SM_MODEL_DIR/seen.json'
    request = script({"train.sh": f"#!/bin/sh\n{command}\n"}, program="train.sh", depth=3)
    found = workshop.run_training(request)
    assert found["TrainingJobStatus"] == "Completed", found
    assert seen(workshop, found)["arguments"] == "--depth 3"


def test_a_failed_script_has_the_failure_reason_of_the_toolkit(workshop, script):
    found = workshop.run_training(script({"train.py": "raise SystemExit(3)"}, depth=3))
    assert found["TrainingJobStatus"] == "Failed"
    reason = found["FailureReason"]
    assert reason.startswith('AlgorithmError: ExecuteUserScriptError:\nExitCode 3\nErrorMessage ""')
    assert "train.py --depth 3" in reason
    assert reason.endswith("exit code: 3")


def test_installed_requirements_are_satisfied_and_others_fail_the_job(workshop, script):
    files = {"train.py": SCRIPT, "helper.py": "NAME = ''", "requirements.txt": "pandas>=2\n"}
    found = workshop.run_training(script(files))
    assert found["TrainingJobStatus"] == "Completed", found
    files["requirements.txt"] = "a-package-that-is-not-installed\n"
    found = workshop.run_training(script(files))
    assert "InstallRequirementsError" in found["FailureReason"]


def test_the_role_of_the_job_reads_the_archive(workshop, script, role_with):
    request = script({"train.py": SCRIPT, "helper.py": "NAME = ''"})
    allow = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"]}
    rows = f"arn:aws:s3:::{workshop.bucket}/rows/*"
    role = role_with([{**allow, "Resource": [f"arn:aws:s3:::{workshop.bucket}", rows]}])
    request["InputDataConfig"] = request["InputDataConfig"][1:]
    found = workshop.run_training(request | {"RoleArn": role})
    assert found["TrainingJobStatus"] == "Failed"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sagemaker_submit_directory": "/opt/ml/code"}, "must be the S3 URI of an archive"),
        ({"sagemaker_mpi_enabled": "true"}, "sagemaker_mpi_enabled is not supported here"),
    ],
)
def test_what_the_toolkit_does_not_do_here_is_refused(workshop, script, change, expected):
    request = script({"train.py": ""})
    request["HyperParameters"] |= change
    with pytest.raises(ClientError) as caught:
        workshop.run_training(request)
    assert expected in str(caught.value)


def test_members_without_effect_and_another_version_are_logged_once(workshop, script, cloud):
    request = script({"train.py": SCRIPT, "helper.py": "NAME = ''"})
    request["ResourceConfig"]["InstanceCount"] = 2
    request["DebugHookConfig"] = {"S3OutputPath": workshop.uri("debug")}
    request["ProfilerConfig"] = {"DisableProfiler": True}
    # https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
    request["ResourceConfig"]["KeepAlivePeriodInSeconds"] = 300
    found = workshop.run_training(request)
    assert found["TrainingJobStatus"] == "Completed", found
    assert found["ProfilerConfig"] == {"DisableProfiler": True}
    notes = [line for line in log_of(cloud, found) if line.startswith("laptop cloud: ")]
    ignored = "DebugHookConfig, ProfilerConfig, ResourceConfig.KeepAlivePeriodInSeconds"
    assert notes[0] == f"laptop cloud: {ignored} have no effect here."
    image = "The image sagemaker-scikit-learn:0.23-1-cpu-py3 has scikit-learn 0.23; "
    assert notes[1].startswith(f"laptop cloud: {image}the job runs with scikit-learn 1.")
    assert ", pandas 2." in notes[1]
    assert len(notes) == 2


def test_an_image_of_the_installed_version_needs_no_note(workshop, script, cloud):
    request = script({"train.py": SCRIPT, "helper.py": "NAME = ''"}, XGBOOST)
    found = workshop.run_training(request)
    assert not [line for line in log_of(cloud, found) if line.startswith("laptop cloud: ")]
