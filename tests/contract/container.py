"""Starts the real toolkit of a framework image with a model, without a network, and calls it.

A container is a process in its own namespaces: /opt/ml is a folder of the test, the loopback is the
only network, and packages that pip installs are deleted at its end. The toolkit and pip have the
versions of the image (requirements-contract-*.txt). One difference from the image: a switch of the
toolkit disables nginx, which is not a Python package, so requests are sent to gunicorn directly.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.sagemaker.jobs.process_isolation import has_namespaces, launch

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".contract"
TIMEOUT_SECONDS = 180


@dataclass(frozen=True)
class Image:
    """A framework image: its environment in `.contract` and the variables of its Dockerfile."""

    name: str
    variables: Mapping[str, str]

    @property
    def environment(self) -> Path:
        """The virtual environment with the packages of the image."""
        return ENVIRONMENTS / self.name


# Source: https://github.com/aws/deep-learning-containers, commit e0ecede,
# docker/sklearn/1.9-0/Dockerfile and docker/xgboost/Dockerfile.
_COMMON = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONIOENCODING": "utf-8",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "SM_MODEL_DIR": "/opt/ml/model",
}
SCIKIT_LEARN = Image(
    "sklearn", {**_COMMON, "SAGEMAKER_SERVING_MODULE": "sagemaker_sklearn_container.serving:main"}
)
# `serve` of the image sets the last variable before it calls `serve` of the toolkit.
XGBOOST = Image(
    "xgboost",
    {
        **_COMMON,
        "SAGEMAKER_SERVING_MODULE": "sagemaker_xgboost_container.serving:main",
        "OMP_NUM_THREADS": "1",
    },
)


@dataclass(frozen=True)
class Request:
    """A POST to /invocations, or another request."""

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    path: str = "/invocations"


@dataclass(frozen=True)
class Answer:
    """The response of the server; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Served:
    """The results of a container; `code` is None if the server was still running at the end.

    `pings` are the statuses of /ping until the first 200.
    """

    code: int | None
    pings: list[int]
    answers: list[Answer]
    log: str


def asked(body: str | bytes, content_type: str | None, accept: str | None) -> Request:
    """Return a request with the headers that the service forwards."""
    given = {"Content-Type": content_type, "Accept": accept}
    headers = {name: value for name, value in given.items() if value is not None}
    return Request(body.encode() if isinstance(body, str) else body, headers)


def serve(
    image: Image,
    model: Path,
    variables: Mapping[str, str],
    requests: Sequence[Request],
    *,
    folder: Path,
) -> Served:
    """Start a container for the unpacked model.tar.gz in `model`, and send it requests.

    `variables` are those of the container in CreateModel. `folder` is an empty folder.
    """
    assert image.environment.is_dir(), "no environment of the image: run make test-contract"
    assert has_namespaces(), "a container needs mount and network namespaces"
    for name in ("ml", "opt", "layer", "scratch", "asked"):
        (folder / name).mkdir()
    shutil.copytree(model, folder / "ml" / "model")
    given = folder / "asked"
    (given / "requests.json").write_text(json.dumps([_sent(each) for each in requests]))
    command = ["sh", str(HERE / "container.sh"), str(image.environment), str(folder / "layer")]
    command += [str(image.environment / "bin/python"), str(HERE / "inside.py"), str(given)]
    _run(_launched(image, variables, command, folder))
    ended = json.loads((given / "answers.json").read_text())
    answers = [_received(each) for each in ended["answers"]]
    log = (given / "serve.log").read_text(errors="replace")
    return Served(ended["code"], ended["pings"], answers, log)


def _launched(
    image: Image, variables: Mapping[str, str], command: list[str], folder: Path
) -> tuple[list[str], dict[str, str]]:
    own = {
        "PATH": os.pathsep.join([str(image.environment / "bin"), os.defpath]),
        "HOME": str(folder / "scratch"),
        "TMPDIR": str(folder / "scratch"),
        "PIP_CONFIG_FILE": os.devnull,  # ignore the machine's configuration of pip
        "PIP_RETRIES": "0",  # retries cannot succeed without a network
        "SAGEMAKER_USE_NGINX": "false",
        "SAGEMAKER_MODEL_SERVER_WORKERS": "1",
    }
    prepared = launch(
        command=command,
        environment={**image.variables, **own, **variables},
        folder=folder / "ml",
        mount_point=folder / "opt",
        network=False,
    )
    return prepared.command, prepared.environment


def _run(launched: tuple[list[str], dict[str, str]]) -> None:
    command, environment = launched
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        # The container ends when its standard input is closed, so keep it open.
        code = process.wait(timeout=TIMEOUT_SECONDS)
        output = process.stdout.read() if process.stdout else ""
    assert code == 0, output


def _sent(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "headers": dict(request.headers),
        "body": base64.b64encode(request.body).decode(),
    }


def _received(answer: Mapping[str, Any]) -> Answer:
    headers = {name.lower(): value for name, value in answer["headers"]}
    return Answer(answer["status"], headers, base64.b64decode(answer["body"]))
