"""The trained models behind endpoints: their answers by boto3, and what they refuse."""

import json

import numpy as np
import pytest
import xgboost

from pipeline_code.census import inference
from pipeline_code.census.encoder import ENCODER
from pipeline_code.runtime.json_lines import read_json_lines
from tests.unit.hosted import endpoint_of

IMAGE = "sagemaker-xgboost:3.2-0"
PERSON = {
    "age": 45,
    "workclass": "Private",
    "education": "Doctorate",
    "marital.status": "Married-civ-spouse",
    "occupation": "Exec-managerial",
    "relationship": "Husband",
    "race": "White",
    "sex": "Male",
    "capital.gain": 0,
    "capital.loss": 0,
    "hours.per.week": 50,
    "native.country": "United-States",
}
PEOPLE = [PERSON, PERSON | {"age": 17, "education": "10th"}, PERSON | {"sex": "Female"}]


def csv(*rows):
    return "\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows), ""])


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def endpoint(by_script, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    with endpoint_of(by_script.opt_ml() / "model", image=IMAGE, state=state) as endpoint:
        yield endpoint


def encoded():
    """The rows as the booster takes them."""
    rows = read_json_lines(lines(*PEOPLE).encode(), inference.REQUEST, source="test")
    return ENCODER.encode(rows)


def test_three_raw_rows_are_answered_as_the_model_predicts_them(endpoint, by_script):
    booster = inference.model_fn(str(by_script.opt_ml() / "model")).booster
    expected = [round(float(each), 6) for each in booster.predict(xgboost.DMatrix(encoded()))]
    assert endpoint.numbers(csv(*PEOPLE), "text/csv") == expected
    assert endpoint.numbers(lines(*PEOPLE), "application/jsonlines") == expected
    answer = json.loads(endpoint.ask(csv(*PEOPLE), "text/csv", "*/*"))
    assert [each["probability"] for each in answer] == expected


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status", "message"),
    [
        ("", "text/csv", "text/csv", 400, "no rows"),
        (csv(PERSON, PERSON | {"sex": "X"}), "text/csv", "text/csv", 400, "line 3, column sex: "),
        (csv(PERSON | {"age": "NaN"}), "text/csv", "text/csv", 400, "line 2, column age: 'NaN'"),
        ("45,Private\n", "text/csv", "text/csv", 400, "2 fields without a header"),
        (lines(PERSON | {"income": 1}), "application/jsonlines", "text/csv", 400, "not declared"),
        (lines(PERSON | {"race": None}), "application/jsonlines", "text/csv", 400, "line 1"),
        (bytes(range(256)), "text/csv", "text/csv", 400, "request"),
        (b"\xff\xfe" * 100, "application/jsonlines", "text/csv", 400, "request"),
        (csv(PERSON), "application/json", "text/csv", 415, "allowed are text/csv and"),
        (csv(PERSON), "text/csv", "image/png", 406, "accept 'image/png': allowed are"),
        (b"1,2,3\n" * 1_700_000, "text/csv", "text/csv", 413, "exceeded 6291456 bytes"),
    ],
)
def test_what_is_malformed_is_refused_and_the_endpoint_stays_up(
    endpoint, body, content_type, accept, status, message
):
    got, reason = endpoint.refusal(body, content_type, accept)
    assert (got, message in reason) == (status, True), reason[:1000]
    assert "Traceback" not in reason
    assert len(endpoint.numbers(csv(*PEOPLE), "text/csv")) == 3


def test_the_built_in_algorithm_scores_encoded_rows(preprocessed, train, tmp_path):
    job, codes = train(preprocessed, training="built-in")
    assert codes == [0]
    folder = job.opt_ml() / "model"
    booster = xgboost.Booster()
    booster.load_model(bytearray((folder / "xgboost-model").read_bytes()))
    rows = encoded()
    body = "\n".join(",".join(map(str, row)) for row in rows.tolist())
    with endpoint_of(folder, image=IMAGE, state=tmp_path / "state", script=False) as endpoint:
        scores = [float(each) for each in endpoint.ask(body, "text/csv").split(",")]
        assert scores == pytest.approx(booster.predict(xgboost.DMatrix(rows)).tolist())
        assert json.loads(endpoint.ask(body, "text/csv", "application/json")) == scores
        status, reason = endpoint.refusal("1,2", "text/csv")
        assert status == 400
        assert f"2 is not consistent with feature size of trained model {rows.shape[1]}" in reason
        assert endpoint.refusal("one", "text/csv")[0] == 415
        assert endpoint.refusal(body, "image/png")[0] == 415
    assert np.isfinite(scores).all()
