"""The trained model on an endpoint: predictions with boto3, and rejected requests."""

import json

import pytest
import xgboost

from local_cloud.tests.hosted import endpoint_of
from pipeline_code.bank import inference
from tests.pipelines.bank.clients import CLIENT, ECONOMY
from tests.unit.asked import (
    CSV,
    LINES,
    Malformed,
    as_csv,
    as_lines,
    check_refused,
    malformed_for_all,
)

ROWS = [CLIENT, CLIENT | {"month": "may", "age": 51}, CLIENT | {"pdays": 999, "job": "retired"}]


@pytest.fixture(scope="module")
def endpoint(trained, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    folder = trained.opt_ml() / "model"
    with endpoint_of(folder, image="sagemaker-xgboost:3.2-0", state=state) as endpoint:
        yield endpoint


def test_three_raw_rows_are_answered_as_the_model_predicts_them(endpoint, trained):
    model = inference.model_fn(str(trained.opt_ml() / "model"))
    rows = inference.input_fn(as_lines(*ROWS), LINES)
    names = model.facts["features"]
    matrix = xgboost.DMatrix(model.flow.matrix(rows), feature_names=names)
    expected = [round(float(number), 4) for number in model.booster.predict(matrix)]
    assert len(set(expected)) == 3
    assert endpoint.numbers(as_csv(*ROWS), CSV) == expected
    assert endpoint.numbers(as_lines(*ROWS), LINES) == expected
    answer = json.loads(endpoint.ask(as_csv(*ROWS), CSV, "*/*"))
    assert answer == [{"probability": number} for number in expected]


@pytest.mark.parametrize(
    "wrong",
    [
        *malformed_for_all(as_csv(CLIENT)),
        Malformed(as_csv(CLIENT, CLIENT | {"job": "x"}), "line 3, column job: "),
        Malformed(as_csv(CLIENT | {"duration": 9}), "not declared duration"),
        Malformed(
            as_csv(CLIENT),
            "this model has no exact contributions of its columns",
            accept="application/json;verbose",
            status=406,
        ),
        Malformed(as_csv(CLIENT | {"age": "NaN"}), "column age: "),
        Malformed(as_csv(CLIENT | ECONOMY | {"euribor3m": "NaN"}), "line 2, column euribor3m: "),
        Malformed(
            as_lines(CLIENT | ECONOMY | {"euribor3m": float("nan")}), "line 1", content_type=LINES
        ),
    ],
)
def test_what_is_malformed_is_refused_and_the_endpoint_stays_up(endpoint, wrong):
    check_refused(endpoint, wrong, good=as_csv(*ROWS))
