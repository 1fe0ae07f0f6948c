"""The built-in algorithm of XGBoost behind /invocations.

The expected responses are those of the image's own code (2026-11-29, in the environment of
requirements-contract-xgboost.txt): the Flask application in
src/sagemaker_xgboost_container/algorithm_mode/serve.py of
https://github.com/aws/sagemaker-xgboost-container, commit cb8df91.
"""

from __future__ import annotations

import collections
import json
import pickle

import numpy as np
import pytest
import xgboost

from local_cloud.sagemaker.containers.model_server.algorithm import NotHosted, application

CSV, JSON, HTML = "text/csv", "application/json", "text/html; charset=utf-8"
TYPED_CSV = "text/csv; charset=utf-8"
ROWS = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
BODY = "1,2,3\n4,5,6\n"
NOT_CSV = "Loading csv data failed with Exception, please ensure data is in csv format"

NOT_LIBSVM = "Loading libsvm data failed with Exception, please ensure data is in libsvm format"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of a model with three columns, such as /opt/ml/model."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 60)
    matrix = xgboost.DMatrix(generator.random((60, 3)) * 6, labels)
    booster = xgboost.train({"objective": "binary:logistic"}, matrix, 3)
    (tmp_path / "model").mkdir()
    (tmp_path / "model/xgboost-model").write_bytes(booster.save_raw("ubj"))
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    return tmp_path / "model"


def ask(body, content_type=CSV, accept=CSV):
    """Send a request. Return the status, the content type and the body of the response."""
    headers = {"Content-Type": content_type, "Accept": accept}
    answer = (
        application()
        .test_client()
        .post("/invocations", data=body, headers={k: v for k, v in headers.items() if v})
    )
    return answer.status_code, answer.headers["Content-Type"], answer.text


def scores(folder, rows=ROWS):
    booster = xgboost.Booster()
    booster.load_model(bytearray((folder / "xgboost-model").read_bytes()))
    return booster.predict(xgboost.DMatrix(np.array(rows)), validate_features=False).tolist()


def test_a_pickled_booster_is_served(folder):
    """Source: _get_full_model_paths and get_loaded_booster in algorithm_mode/serve_utils.py."""
    expected = scores(folder)
    booster = xgboost.Booster(model_file=bytearray((folder / "xgboost-model").read_bytes()))
    (folder / "xgboost-model").write_bytes(pickle.dumps(booster, protocol=4))
    assert ask(BODY) == (200, TYPED_CSV, "".join(f"{score}\n" for score in expected))


@pytest.mark.parametrize("value", [collections.OrderedDict(), bytearray(b"{}")])
def test_a_pickle_of_anything_else_is_not_loaded(folder, value):
    (folder / "xgboost-model").write_bytes(pickle.dumps(value, protocol=4))
    with pytest.raises(pickle.UnpicklingError, match=r"collections\.OrderedDict|has a bytearray"):
        application()


@pytest.mark.parametrize("accept", [CSV, "TEXT/CSV", "text/csv;q=1", "*/*", None])
def test_csv_is_answered_with_a_score_per_line(folder, accept):
    lines = "".join(f"{score}\n" for score in scores(folder))
    assert ask(BODY, accept=accept) == (200, TYPED_CSV, lines)


def test_json_is_a_list_of_scores(folder):
    status, kind, body = ask(BODY, accept=JSON)
    assert (status, kind) == (200, JSON)
    assert json.loads(body) == {"predictions": [{"score": score} for score in scores(folder)]}


@pytest.mark.parametrize("accept", [CSV, JSON])
def test_a_transform_job_gets_a_score_per_line(folder, monkeypatch, accept):
    monkeypatch.setenv("SAGEMAKER_BATCH", "true")
    assert ask(BODY, accept=accept)[2] == "".join(f"{score}\n" for score in scores(folder))


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("1,2", [[1, 2]]),
        ("1,,3", [[1, np.nan, 3]]),
        ("1;2;3", [[1, 2, 3]]),
        ("\n1,2,3\n\n", [[1, 2, 3]]),
    ],
)
def test_absent_columns_and_cells_are_missing_values(folder, body, rows):
    assert ask(body)[2] == f"{scores(folder, rows)[0]}\n"


@pytest.mark.parametrize("content_type", [None, "text/libsvm", "text/x-libsvm; charset=utf8"])
def test_libsvm_is_the_default(folder, content_type):
    lines = "".join(f"{score}\n" for score in scores(folder, [[1, np.nan, 3], [4, 5, 6]]))
    assert ask("1 0:1 2:3\n0:4 1:5 2:6\n", content_type) == (200, TYPED_CSV, lines)


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status", "reason"),
    [
        ("", CSV, CSV, 204, ""),
        ("1,2,3,4", CSV, CSV, 400, "Unable to evaluate payload provided: "),
        (BODY, CSV, "image/png", 406, "Accept type image/png is not supported."),
        ("one", CSV, CSV, 415, NOT_CSV),
        ("a,b,c", CSV, CSV, 415, NOT_CSV),
        ("1,2,3\n1,2\n", CSV, CSV, 415, NOT_CSV),
        (b"\xff\xfe", CSV, CSV, 415, NOT_CSV),
        (BODY, None, CSV, 415, NOT_LIBSVM),
        ("a:1", "text/libsvm", CSV, 415, NOT_LIBSVM),
        (BODY, "image/png", CSV, 415, "image/png is not an accepted ContentType"),
        (BODY, "text/csv; label_size=2", CSV, 415, "text/csv; label_size=2 is not an accepted"),
    ],
)
def test_invalid_requests_have_the_status_of_the_image(
    folder, body, content_type, accept, status, reason
):
    answered, kind, text = ask(body, content_type, accept)
    assert (answered, kind) == (status, HTML)
    assert text.startswith(reason)


@pytest.mark.parametrize("accept", ["application/jsonlines", "application/x-recordio-protobuf"])
def test_types_that_the_image_accepts_and_cannot_write_are_server_errors(folder, accept):
    assert ask(BODY, accept=accept)[0] == 500


def test_the_limits_of_a_request_are_described(folder, monkeypatch):
    monkeypatch.setenv("MAX_CONTENT_LENGTH", "3145728")
    described = application().test_client().get("/execution-parameters").json
    assert (described["MaxPayloadInMB"], described["BatchStrategy"]) == (3, "MULTI_RECORD")
    assert ask(b"1" * 3_145_729)[0] == 413


def test_what_is_not_hosted_here_is_named(folder, monkeypatch):
    (folder / "second-model").write_bytes(b"")
    with pytest.raises(NotHosted, match="second-model, xgboost-model: .* ensemble"):
        application()
    monkeypatch.setenv("SAGEMAKER_INFERENCE_OUTPUT", "predicted_label")
    with pytest.raises(NotHosted, match="SAGEMAKER_INFERENCE_OUTPUT is not supported"):
        application()
