"""The laptop's host gives the answers of the real toolkit: status, content type and body.

InvokeEndpoint passes on no other header but X-Amzn-SageMaker-Custom-Attributes.
"""

from __future__ import annotations

import pytest

from tests.contract.container import SCIKIT_LEARN, XGBOOST, Answer, Request, asked, serve
from tests.contract.laptop_host import laptop_host
from tests.contract.models import APPLICATION, SCRIPT, WITHOUT_BUILD_ISOLATION, WSGI, write_model

pytestmark = pytest.mark.contract

CSV, JSON = "text/csv", "application/json"
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
    "application": (WSGI, APPLICATION, WSGI_REQUESTS),
}


@pytest.mark.parametrize("image", [SCIKIT_LEARN, XGBOOST], ids=["sklearn", "xgboost"])
@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_the_laptop_answers_as_the_toolkit(image, case, tmp_path):
    code, variables, requests = case
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
