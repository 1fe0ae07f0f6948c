"""A model over HTTP: what is answered, what is refused with 4xx, and what is a fault."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_application import application
from pipeline_code.runtime.request_errors import WrongAccept, WrongContentType


def input_fn(body, content_type):
    if content_type == "text/html":
        raise WrongContentType("content type 'text/html': allowed is text/csv")
    if body == b"bad":
        raise DataError("request, line 1, column size: 'bad' is not a number")
    if body == b"broken":
        raise ZeroDivisionError
    return [body]


def predict_fn(rows, model):
    if rows == [b"short"]:
        raise DataError("the rows lack kind")
    return [model, *rows]


def output_fn(predicted, accept):
    if accept == "image/png":
        raise WrongAccept("accept 'image/png': allowed is text/csv")
    return repr(predicted), accept


CODE = SimpleNamespace(
    model_fn=lambda model_dir: model_dir,
    input_fn=input_fn,
    predict_fn=predict_fn,
    output_fn=output_fn,
)


def asked(body=b"", *, path="/invocations", method="POST", code=CODE, folder="model", **headers):
    """The status, the headers and the body of the reply."""
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
    started = []
    run = application(code, folder)
    content = b"".join(run(environ | headers, lambda *given: started.append(given)))
    ((status, sent),) = started
    assert dict(sent)["Content-Length"] == str(len(content))
    return status, dict(sent)["Content-Type"], content.decode()


def test_rows_are_predicted_by_the_loaded_model():
    answer = asked(b"good", CONTENT_TYPE="text/csv", HTTP_ACCEPT="text/csv")
    assert answer == ("200 OK", "text/csv", "['model', b'good']")


def test_a_client_that_names_no_type_accepts_all():
    assert asked(b"good")[1] == "*/*"


@pytest.mark.parametrize(
    ("body", "headers", "status", "reason"),
    [
        (b"bad", {}, "400 Bad Request", "request, line 1, column size: 'bad' is not a number"),
        (b"short", {}, "400 Bad Request", "the rows lack kind"),
        (
            b"good",
            {"HTTP_ACCEPT": "image/png"},
            "406 Not Acceptable",
            "accept 'image/png': allowed is text/csv",
        ),
        (
            b"good",
            {"CONTENT_TYPE": "text/html"},
            "415 Unsupported Media Type",
            "content type 'text/html': allowed is text/csv",
        ),
    ],
)
def test_an_invalid_request_gets_its_status_and_the_reason_alone(body, headers, status, reason):
    assert asked(body, **headers) == (status, "text/plain; charset=utf-8", reason)


def test_an_error_of_the_code_is_left_to_the_server():
    with pytest.raises(ZeroDivisionError):
        asked(b"broken")


def test_a_loaded_model_answers_ping():
    assert asked(path="/ping", method="GET") == ("200 OK", "text/plain; charset=utf-8", "")


def test_a_model_that_does_not_load_never_answers():
    def model_fn(_):
        raise DataError("no model.json")

    with pytest.raises(DataError, match="no model.json"):
        application(SimpleNamespace(model_fn=model_fn), "model")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/invocations", "405 Method Not Allowed"),
        ("POST", "/ping", "405 Method Not Allowed"),
        ("GET", "/execution-parameters", "404 Not Found"),
        ("POST", "/", "404 Not Found"),
    ],
)
def test_other_requests_are_refused(method, path, status):
    assert asked(path=path, method=method)[0] == status
