"""The trained models on endpoints: predictions with boto3, and rejected requests."""

import json

import numpy as np
import pytest
import xgboost

from local_cloud.tests.hosted import endpoint_of
from pipeline_code.census import inference
from pipeline_code.census.encoder import ENCODER
from pipeline_code.runtime.json_lines import read_json_lines
from tests.pipelines.census.persons import PERSON
from tests.unit.asked import (
    CSV,
    LINES,
    Malformed,
    as_csv,
    as_lines,
    check_refused,
    malformed_for_all,
)

IMAGE = "sagemaker-xgboost:3.2-0"
PEOPLE = [PERSON, PERSON | {"age": 17, "education": "10th"}, PERSON | {"sex": "Female"}]


@pytest.fixture(scope="module")
def endpoint(by_script, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    with endpoint_of(by_script.opt_ml() / "model", image=IMAGE, state=state) as endpoint:
        yield endpoint


def encoded():
    """The encoded rows, which the booster accepts."""
    rows = read_json_lines(as_lines(*PEOPLE).encode(), inference.REQUEST, source="test")
    return ENCODER.encode(rows)


def test_three_raw_rows_are_answered_as_the_model_predicts_them(endpoint, by_script):
    booster = inference.model_fn(str(by_script.opt_ml() / "model")).booster
    expected = [round(float(each), 6) for each in booster.predict(xgboost.DMatrix(encoded()))]
    assert endpoint.numbers(as_csv(*PEOPLE), CSV) == expected
    assert endpoint.numbers(as_lines(*PEOPLE), LINES) == expected
    answer = json.loads(endpoint.ask(as_csv(*PEOPLE), CSV, "*/*"))
    assert [each["probability"] for each in answer] == expected


def test_an_explanation_has_the_contribution_of_each_column(endpoint, by_script):
    booster = inference.model_fn(str(by_script.opt_ml() / "model")).booster
    margins = booster.predict(xgboost.DMatrix(encoded()), output_margin=True).tolist()
    answer = endpoint.ask(as_csv(*PEOPLE), CSV, "application/jsonlines;verbose")
    rows = [json.loads(line) for line in answer.splitlines()]
    assert {"income", "probability", "explanation"} == set(rows[0])
    explained = [each["explanation"] for each in rows]
    assert [list(each["shap_values"]) for each in explained] == [ENCODER.columns] * 3
    sums = [each["expected_value"] + sum(each["shap_values"].values()) for each in explained]
    assert sums == pytest.approx(margins, abs=1e-5)


@pytest.mark.parametrize(
    "wrong",
    [
        *malformed_for_all(as_csv(PERSON)),
        Malformed(as_csv(PERSON, PERSON | {"sex": "X"}), "line 3, column sex: "),
        Malformed(as_csv(PERSON | {"age": "NaN"}), "line 2, column age: 'NaN'"),
        Malformed(as_lines(PERSON | {"income": 1}), "not declared", content_type=LINES),
        Malformed(as_lines(PERSON | {"race": None}), "line 1", content_type=LINES),
        Malformed(as_csv(PERSON), "members of objects", accept="text/csv;verbose", status=406),
    ],
)
def test_what_is_malformed_is_refused_and_the_endpoint_stays_up(endpoint, wrong):
    check_refused(endpoint, wrong, good=as_csv(*PEOPLE))


@pytest.mark.slow
def test_the_built_in_algorithm_scores_encoded_rows(preprocessed, train, tmp_path):
    job, codes = train(preprocessed, training="built-in")
    assert codes == [0]
    folder = job.opt_ml() / "model"
    booster = xgboost.Booster()
    booster.load_model(bytearray((folder / "xgboost-model").read_bytes()))
    rows = encoded()
    body = "\n".join(",".join(map(str, row)) for row in rows.tolist())
    with endpoint_of(folder, image=IMAGE, state=tmp_path / "state", environment={}) as endpoint:
        scores = endpoint.numbers(body, "text/csv")
        assert scores == pytest.approx(booster.predict(xgboost.DMatrix(rows)).tolist())
        answer = json.loads(endpoint.ask(body, "text/csv", "application/json"))
        assert [each["score"] for each in answer["predictions"]] == scores
        # As in the image: absent columns count as missing values, additional ones are refused.
        assert len(endpoint.numbers("1,2", "text/csv")) == 1
        status, reason = endpoint.refusal(body.splitlines()[0] + ",1", "text/csv")
        assert status == 400
        assert reason.startswith("Unable to evaluate payload provided: ")
        assert endpoint.refusal("one", "text/csv")[0] == 415
        assert endpoint.refusal(body, "text/libsvm")[0] == 415
        assert endpoint.refusal(body, "text/csv", "image/png")[0] == 406
    assert np.isfinite(scores).all()
