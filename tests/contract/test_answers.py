"""The laptop's host returns the responses of the real toolkit: status, content type and body.

InvokeEndpoint forwards no other header except X-Amzn-SageMaker-Custom-Attributes.
"""

from __future__ import annotations

import io

import numpy as np
import pytest

from tests.contract.container import SCIKIT_LEARN, XGBOOST, Answer, Request, asked, serve
from tests.contract.laptop_host import laptop_host
from tests.contract.models import (
    APPLICATION,
    DEFAULTS,
    SCRIPT,
    TRANSFORM,
    WITHOUT_BUILD_ISOLATION,
    WSGI,
    write_model,
)

pytestmark = pytest.mark.contract

CSV, JSON = "text/csv", "application/json"
# Two rows as numpy.save writes them.
NPY = io.BytesIO()
np.save(NPY, np.array([[1.0, 2.0], [3.0, 4.0]]))
NPY_BODY = NPY.getvalue()
SCRIPT_REQUESTS = [
    *(
        asked(body, CSV, CSV)
        for body in (
            *("1,2", "text", "bytes", "object", "list", "number", "nothing", "application"),
            *("json", "typed bytes", "status", "response", "input fails", "predict fails", ""),
        )
    ),
    *(
        asked("1,2", content_type, accept)
        for content_type in (CSV, JSON, None, "", "text/csv; charset=utf-8", "text/plain")
        for accept in (None, "*/*", CSV, "text/csv, */*")
    ),
    asked("ä".encode(), CSV, CSV),
    asked(b"\xff\xfe", CSV, CSV),
    asked(b"\xff\xfe", "application/octet-stream", CSV),
    asked("x" * 100_000, CSV, CSV),
    Request(b"", {}, "GET", "/ping"),
    Request(b"", {}, "POST", "/ping"),
    Request(b"", {}, "GET", "/invocations"),
    Request(b"", {}, "GET", "/absent"),
    Request(b"", {}, "GET", "/execution-parameters"),
]
DEFAULT_REQUESTS = [
    *(
        asked("1,2\n3,4\n", CSV, accept)
        for accept in (CSV, JSON, None, "application/x-npy", "image/png")
    ),
    *(asked(body, CSV, JSON) for body in ("1,2", "1,2\n3\n", "a,b\nc,d\n", "", '"1","2"\n3,4\n')),
    *(asked(body, JSON, CSV) for body in ("[[1, 2], [3, 4]]", "[1, 2]", "{", '[["a"]]')),
    asked(NPY_BODY, "application/x-npy", CSV),
    asked("1,2\n3,4\n", "text/csv; charset=utf-8", CSV),
    asked("1", "image/png", CSV),
]
TRANSFORM_REQUESTS = [
    *(asked(body, CSV, CSV) for body in ("1", "fails", b"\xff")),
    asked(b"\xff", "text/plain", None),
]
WSGI_REQUESTS = [
    *(asked(body, CSV, JSON) for body in ("1,2", "refuse", "fails", "")),
    asked(b"\xff", None, None),
    Request(b"1", {"Content-Type": CSV}, "POST", "/other?a=b"),
    Request(b"", {}, "GET", "/invocations"),
]
CASES = {
    "script": (SCRIPT, WITHOUT_BUILD_ISOLATION, SCRIPT_REQUESTS),
    "script-accept": (
        SCRIPT,
        WITHOUT_BUILD_ISOLATION | {"SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": CSV},
        [asked("1,2", CSV, accept) for accept in (None, "*/*", JSON)],
    ),
    "script-defaults": (DEFAULTS, WITHOUT_BUILD_ISOLATION, DEFAULT_REQUESTS),
    "script-transform": (TRANSFORM, WITHOUT_BUILD_ISOLATION, TRANSFORM_REQUESTS),
    "application": (WSGI, APPLICATION, WSGI_REQUESTS),
}


# XGBoost's default functions are in the package of the image, which is not on PyPI.
COMPARED = [
    pytest.param(image, *case, id=f"{name}-{image.name}")
    for image in (SCIKIT_LEARN, XGBOOST)
    for name, case in CASES.items()
    if not (image is XGBOOST and name == "script-defaults")
]


@pytest.mark.parametrize(("image", "code", "variables", "requests"), COMPARED)
def test_the_laptop_answers_as_the_toolkit(image, code, variables, requests, tmp_path):
    model = write_model(tmp_path / "model", code)
    (tmp_path / "real").mkdir()
    served = serve(image, model, variables, requests, folder=tmp_path / "real")
    assert len(served.answers) == len(requests), served.log
    with laptop_host(image, model, variables, folder=tmp_path) as host:
        own = [host.request(each.method, each.path, each.body, each.headers) for each in requests]
    compared = [
        (request, _seen(real), (answer.status, answer.content_type, answer.body))
        for request, real, answer in zip(requests, served.answers, own, strict=True)
    ]
    different = [each for each in compared if each[1] != each[2]]
    assert different == []


def _seen(answer: Answer) -> tuple[int, str, bytes]:
    content_type = answer.headers.get("content-type", "application/octet-stream")
    return answer.status, content_type, answer.body
