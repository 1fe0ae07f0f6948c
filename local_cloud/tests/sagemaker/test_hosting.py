"""A model behind /ping and /invocations: calls of its code and the life of its process."""

from __future__ import annotations

import threading
from uuid import uuid4

import psutil
import pytest

from local_cloud.sagemaker.hosting import HostingFailed, HostTerminated, hosted
from local_cloud.sagemaker.jobs.instance_types import MEMORY_BYTES

IMAGE = "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3"
XGBOOST = "registry.example/sagemaker-xgboost:3.2-0"
ENVIRONMENT = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}
DOUBLE = """
import os
from pathlib import Path

def model_fn(model_dir):
    return float((Path(model_dir) / "factor.txt").read_text())

def input_fn(body, content_type):
    if content_type != "text/csv":
        raise ValueError(f"not {content_type}")
    if body == "die":
        os._exit(3)
    return [float(line) for line in body.split()]

def predict_fn(numbers, factor):
    return [number * factor for number in numbers]

def output_fn(numbers, accept):
    return "".join(f"{number}\\n" for number in numbers), accept
"""
# User code that returns another status.
REFUSING = """
def output_fn(numbers, accept):
    def refuse(environ, start_response):
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"row 2"]
    return refuse
"""
# The status that the toolkit for several models would return.
RAISING = """
from sagemaker_inference.errors import BaseInferenceToolkitError
def output_fn(numbers, accept):
    raise BaseInferenceToolkitError(400, "row 2", "Bad Request")
"""
OWN_APPLICATION = """
from pathlib import Path
FACTOR = float((Path(__file__).parents[1] / "factor.txt").read_text())
def app(environ, start_response):
    if environ["PATH_INFO"] == "/ping":
        start_response("200 OK", [])
        return [b""]
    number = float(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Type", environ["HTTP_ACCEPT"])])
    return [f"{number * FACTOR}\\n".encode()]
"""
OWN_ENVIRONMENT = {
    "SAGEMAKER_SERVING_MODULE": "inference:app",
    "PYTHONPATH": "/opt/ml/model/code",
}


@pytest.fixture
def model(workshop, make_archive):
    """Create a model with user code."""

    def make(code=DOUBLE, *, factor="2", image=IMAGE, environment=ENVIRONMENT, files=(), **more):
        name = f"model-{uuid4().hex[:8]}"
        members = {"code/inference.py": code, "factor.txt": factor, **dict(files)}
        uri = workshop.put(f"{name}/model.tar.gz", make_archive(members))
        container = {"Image": image, "ModelDataUrl": uri, "Environment": environment}
        workshop.sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=workshop.role, PrimaryContainer=container, **more
        )
        return name

    return make


@pytest.fixture
def host(cloud):
    """Host a model within this context."""

    def make(name, **more):
        settings = {
            "instance_type": "ml.m5.large",
            "log_group": "/aws/sagemaker/Endpoints/test",
            "log_stream": "AllTraffic",
        }
        return hosted(cloud, name, **{**settings, **more})

    return make


@pytest.mark.parametrize("image", [IMAGE, XGBOOST])
def test_the_code_of_the_model_answers_rows(model, host, image):
    with host(model(image=image)) as fleet:
        answer = fleet.invoke(b"1\n2\n", content_type="text/csv", accept="text/csv")
    assert (answer.status, answer.body) == (200, b"2.0\n4.0\n")
    assert answer.content_type.startswith("text/csv")


def test_each_of_many_concurrent_requests_gets_its_own_answer(model, host):
    answers = {}

    def ask(number):
        answer = fleet.invoke(str(number).encode(), content_type="text/csv", accept="text/csv")
        answers[number] = float(answer.body)

    with host(model(), instance_count=2) as fleet:
        assert fleet.count == 2
        threads = [threading.Thread(target=ask, args=[number]) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {number: number * 2.0 for number in range(50)}


@pytest.mark.parametrize("image", [IMAGE, XGBOOST])
@pytest.mark.parametrize("code", [DOUBLE, DOUBLE + RAISING])
def test_an_exception_of_user_code_is_a_server_error(model, host, image, code):
    with host(model(code, image=image)) as fleet:
        answer = fleet.invoke(b"one", content_type="text/csv", accept="text/csv")
    assert (answer.status, answer.content_type) == (500, "text/html; charset=utf-8")
    assert b"<title>500 Internal Server Error</title>" in answer.body


@pytest.mark.parametrize("image", [IMAGE, XGBOOST])
def test_user_code_can_refuse_a_request(model, host, image):
    with host(model(DOUBLE + REFUSING, image=image)) as fleet:
        answer = fleet.invoke(b"1", content_type="text/csv", accept="text/csv")
    assert (answer.status, answer.body) == (400, b"row 2")


@pytest.mark.parametrize("image", [IMAGE, XGBOOST])
def test_a_model_can_bring_its_own_application(model, host, image):
    hosted_model = model(
        OWN_APPLICATION, image=image, environment=OWN_ENVIRONMENT, EnableNetworkIsolation=True
    )
    with host(hosted_model) as fleet:
        answer = fleet.invoke(b"4", content_type="text/csv", accept="text/csv")
        assert (answer.status, answer.body, answer.content_type) == (200, b"8.0\n", "text/csv")
        assert fleet.invoke(b"four", content_type="text/csv", accept="text/csv").status == 500
        assert again(fleet) == b"2.0\n"


# The requirements of pip 26.1 to build code without and with a pyproject.toml. tests/contract tests
# the same with the real toolkit.
BACKEND = """[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@pytest.mark.parametrize(
    ("variables", "files", "expected"),
    [
        ({}, {}, "No matching distribution found for setuptools>=40.8.0"),
        ({"PIP_NO_BUILD_ISOLATION": "1"}, {}, "No matching distribution found for setuptools"),
        ({"PIP_NO_BUILD_ISOLATION": "0"}, {}, None),
        ({"PIP_NO_BUILD_ISOLATION": "false"}, {}, None),
        ({}, {"code/setup.py": ""}, "No matching distribution found for setuptools>=40.8.0"),
        ({}, {"code/pyproject.toml": BACKEND}, None),
        (
            {"PIP_NO_BUILD_ISOLATION": "0"},
            {"code/requirements.txt": "numpy\nabsent-package==1.0  # why\n"},
            "No matching distribution found for absent-package==1.0",
        ),
        (
            {"PIP_NO_BUILD_ISOLATION": "0"},
            {"code/requirements.txt": "numpy>1\nabsent-package; python_version < '3'\n"},
            None,
        ),
        (
            {"PIP_NO_BUILD_ISOLATION": "0"},
            {"code/requirements.txt": "numpy<1\n"},
            "No matching distribution found for numpy<1",
        ),
    ],
)
def test_pip_without_a_network_installs_only_what_the_image_holds(
    model, host, variables, files, expected
):
    name = model(environment=ENVIRONMENT | variables, files=files, EnableNetworkIsolation=True)
    if expected is None:
        with host(name) as fleet:
            assert again(fleet) == b"2.0\n"
        return
    with pytest.raises(HostingFailed, match=expected), host(name):
        pass


def test_a_package_that_is_not_installed_here_is_named(model, host):
    files = {"code/requirements.txt": "absent-package\n"}
    with pytest.raises(HostingFailed, match="installs no packages"), host(model(files=files)):
        pass


def test_a_model_that_does_not_load_gives_a_reason(model, host):
    with (
        pytest.raises(HostingFailed, match="could not convert string to float: 'two'"),
        host(model(factor="two")),
    ):
        pass


def test_a_process_that_ends_is_replaced(model, host, workshop):
    with host(model()) as fleet:
        with pytest.raises(HostTerminated):
            fleet.invoke(b"die", content_type="text/csv")
        workshop.until(lambda: again(fleet), lambda answer: answer == b"2.0\n")


def test_a_process_with_too_much_memory_is_replaced(model, host, workshop, monkeypatch):
    with host(model()) as fleet:
        (first,) = fleet._hosts
        with monkeypatch.context() as patch:
            patch.setitem(MEMORY_BYTES, "ml.m5.large", 1)
            workshop.until(lambda: first.is_running, lambda running: not running)
        workshop.until(lambda: again(fleet), lambda answer: answer == b"2.0\n")
        assert first not in fleet._hosts


def again(fleet):
    try:
        return fleet.invoke(b"1", content_type="text/csv", accept="text/csv").body
    except HostTerminated:
        return None


def test_no_process_and_no_folder_is_left_behind(model, host):
    before = children()
    with host(model()) as fleet:
        folders = [fleet._sockets, fleet._folder]
        assert all(folder.exists() for folder in folders)
        assert children() - before
    assert children() - before == set()
    assert not any(folder.exists() for folder in folders)


def children():
    return {process.pid for process in psutil.Process().children(recursive=True)}


def test_fleets_can_be_scaled(model, host):
    with host(model()) as fleet:
        fleet.scale(3)
        assert fleet.count == 3
        fleet.scale(1)
        assert fleet.count == 1
        assert again(fleet) == b"2.0\n"


def test_the_process_uses_the_model_s_role_and_writes_logs(model, host, cloud, workshop):
    code = (
        DOUBLE
        + """
import os, boto3
def output_fn(numbers, accept):
    print("asked")
    return boto3.client("sts").get_caller_identity()["Arn"], accept
"""
    )
    group = f"/aws/sagemaker/Endpoints/{uuid4().hex[:8]}"
    with host(model(code), log_group=group) as fleet:
        answer = fleet.invoke(b"1", content_type="text/csv", accept="text/csv")
    assert b":assumed-role/everything/" in answer.body
    logs = cloud.client("logs")
    (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert stream["logStreamName"].startswith("AllTraffic/i-")
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
    assert "asked" in [event["message"] for event in events["events"]]


def test_a_model_without_network_is_reachable(model, host):
    environment = ENVIRONMENT | {"PIP_NO_BUILD_ISOLATION": "0"}
    with host(model(environment=environment, EnableNetworkIsolation=True)) as fleet:
        assert again(fleet) == b"2.0\n"


def test_the_code_may_be_an_archive_in_s3(model, host, workshop, make_archive):
    """Models of a framework's class of the SDK name such an archive, without a repack of the model:

    https://github.com/aws/sagemaker-python-sdk/blob/v2.257.7/src/sagemaker/sklearn/model.py
    """
    uri = workshop.put("code/sourcedir.tar.gz", make_archive({"inference.py": DOUBLE}))
    environment = {**ENVIRONMENT, "SAGEMAKER_SUBMIT_DIRECTORY": uri}
    with host(model("raise SystemExit", environment=environment)) as fleet:
        assert again(fleet) == b"2.0\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"environment": {}}, "in SAGEMAKER_PROGRAM .* or in SAGEMAKER_SERVING_MODULE"),
        ({"image": "registry.example/pytorch:2"}, "'pytorch' is not a supported image"),
        (
            {"environment": {**ENVIRONMENT, "SAGEMAKER_SUBMIT_DIRECTORY": "/code"}},
            "must be a folder of the model, .* or the S3 URI of an archive",
        ),
        (
            {
                "environment": {**ENVIRONMENT, "SAGEMAKER_SUBMIT_DIRECTORY": "s3://b/c.tar.gz"},
                "EnableNetworkIsolation": True,
            },
            "cannot be read with network isolation",
        ),
    ],
)
def test_unsupported_models_are_refused_by_name(model, host, more, expected):
    with pytest.raises(HostingFailed, match=expected), host(model(**more)):
        pass


def test_an_invalid_model_archive_is_reported(workshop, host):
    uri = workshop.put("model.tar.gz", b"not an archive")
    container = {"Image": IMAGE, "ModelDataUrl": uri, "Environment": ENVIRONMENT}
    workshop.sagemaker.create_model(
        ModelName="broken", ExecutionRoleArn=workshop.role, PrimaryContainer=container
    )
    with pytest.raises(HostingFailed, match="Failed to extract model data"), host("broken"):
        pass


def test_the_process_ends_with_the_server(model, host, workshop):
    with host(model()) as fleet:
        (supervisor,) = [host._process._process for host in fleet._hosts]
        inner = psutil.Process(supervisor.pid).children(recursive=True)
        # The input of the supervisor ends, as when the server is killed.
        supervisor.stdin.close()
        _ended, alive = psutil.wait_procs(inner, timeout=30)
    assert alive == []
