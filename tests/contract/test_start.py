"""Which models start without a network, in the real toolkit and on the laptop.

Source: sagemaker-containers 2.8.6.post2, _server.start and _modules.install
(https://github.com/aws/sagemaker-containers/tree/v2.8.6.post2/src/sagemaker_containers): with
SAGEMAKER_PROGRAM, `serve` runs `pip install .` before it starts gunicorn. AWS' own test of a script
with network isolation is expected to fail since the images have pip 26:
https://github.com/aws/deep-learning-containers, test/xgboost/e2e/test_network_isolation.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from local_cloud.sagemaker.hosting.host_responses import UnhealthyHost
from tests.contract.container import SCIKIT_LEARN, XGBOOST, Image, asked, serve
from tests.contract.laptop_host import laptop_host
from tests.contract.models import (
    APPLICATION,
    BACKEND,
    PROGRAM,
    PROJECT,
    SCRIPT,
    WITHOUT_BUILD_ISOLATION,
    WSGI,
    write_model,
)

pytestmark = pytest.mark.contract

NO_SETUPTOOLS = "No matching distribution found for setuptools>=40.8.0"


@dataclass(frozen=True)
class Start:
    """A model, and a part of the log if it does not start."""

    variables: Mapping[str, str]
    code: str = SCRIPT
    files: Mapping[str, str] = field(default_factory=dict)
    failure: str | None = None
    image: Image = SCIKIT_LEARN


STARTS = {
    "program": Start(PROGRAM, failure=NO_SETUPTOOLS),
    "program-xgboost": Start(PROGRAM, failure=NO_SETUPTOOLS, image=XGBOOST),
    "own-setup": Start(
        PROGRAM,
        files={"setup.py": "from setuptools import setup\nsetup(name='inference')\n"},
        failure=NO_SETUPTOOLS,
    ),
    # pip stores the variable as the opposite switch.
    "switch-1": Start(PROGRAM | {"PIP_NO_BUILD_ISOLATION": "1"}, failure=NO_SETUPTOOLS),
    "switch-0": Start(WITHOUT_BUILD_ISOLATION),
    "switch-0-xgboost": Start(WITHOUT_BUILD_ISOLATION, image=XGBOOST),
    "own-backend": Start(PROGRAM, files={"pyproject.toml": PROJECT, "backend.py": BACKEND}),
    "absent-backend": Start(
        PROGRAM,
        files={"pyproject.toml": "[build-system]\nrequires = []\n"},
        failure="BackendUnavailable: Cannot import 'setuptools",
    ),
    "no-requires": Start(
        PROGRAM,
        files={"pyproject.toml": '[build-system]\nbuild-backend = "setuptools.build_meta"\n'},
        failure="The [build-system] table is missing the mandatory `requires` key",
    ),
    "requirement": Start(
        WITHOUT_BUILD_ISOLATION,
        files={"requirements.txt": "absent-package\n"},
        failure="No matching distribution found for absent-package",
    ),
    "held-requirement": Start(WITHOUT_BUILD_ISOLATION, files={"requirements.txt": "numpy\n"}),
    "application": Start(APPLICATION, WSGI),
    "application-xgboost": Start(APPLICATION, WSGI, image=XGBOOST),
    "application-that-fails": Start(APPLICATION, "raise ValueError('no file')", failure="no file"),
    "script-that-fails": Start(
        WITHOUT_BUILD_ISOLATION, "raise ValueError('no file')", failure="no file"
    ),
    "no-module": Start(
        APPLICATION | {"SAGEMAKER_SERVING_MODULE": "absent:app"}, failure="No module named 'absent'"
    ),
}


@pytest.mark.parametrize("start", STARTS.values(), ids=list(STARTS))
def test_the_laptop_starts_what_the_toolkit_starts(start, tmp_path):
    model = write_model(tmp_path / "model", start.code, start.files)
    (tmp_path / "real").mkdir()
    served = serve(
        start.image, model, start.variables, [asked("1", "text/csv", "text/csv")],
        folder=tmp_path / "real",
    )  # fmt: skip
    if start.failure is None:
        assert (served.code, served.answers[0].status) == (None, 200), served.log
        with laptop_host(start.image, model, start.variables, folder=tmp_path) as host:
            answer = host.invoke(b"1", content_type="text/csv", accept="text/csv", attributes=None)
        assert answer.status == 200
        return
    assert served.code is not None, served.log
    assert start.failure in served.log
    with (
        pytest.raises(UnhealthyHost) as unhealthy,
        laptop_host(start.image, model, start.variables, folder=tmp_path),
    ):
        pass
    assert start.failure in str(unhealthy.value)
