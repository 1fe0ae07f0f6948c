"""The trained model behind an endpoint: its answers by boto3, and what it refuses."""

import json

import pytest
import xgboost

from pipeline_code.bank import inference
from pipeline_code.bank.rows import features
from tests.unit.hosted import endpoint_of

CLIENT = {
    "age": 30,
    "job": "student",
    "marital": "single",
    "education": "high.school",
    "credit_default": "no",
    "housing": "yes",
    "loan": "no",
    "contact": "cellular",
    "month": "mar",
    "day_of_week": "mon",
    "poutcome": "success",
    "campaign": 1,
    "pdays": 3,
    "previous": 2,
}
ECONOMY = {
    "emp_var_rate": -1.8,
    "cons_price_idx": 92.893,
    "cons_conf_idx": -46.2,
    "euribor3m": 1.313,
    "nr_employed": 5099.1,
}
ROWS = [CLIENT, CLIENT | {"month": "may", "age": 51}, CLIENT | {"pdays": 999, "job": "retired"}]


def csv(*rows):
    return "\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows), ""])


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def endpoint(trained, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    folder = trained.opt_ml() / "model"
    with endpoint_of(folder, image="sagemaker-xgboost:3.2-0", state=state) as endpoint:
        yield endpoint


def test_three_raw_rows_are_answered_as_the_model_predicts_them(endpoint, trained):
    model = inference.model_fn(str(trained.opt_ml() / "model"))
    rows = inference.input_fn(lines(*ROWS), "application/jsonlines")
    names = model.facts["features"]
    matrix = xgboost.DMatrix(features(rows, model.facts["columns"]), feature_names=names)
    expected = [round(float(number), 4) for number in model.booster.predict(matrix)]
    assert len(set(expected)) == 3
    assert endpoint.numbers(csv(*ROWS), "text/csv") == expected
    assert endpoint.numbers(lines(*ROWS), "application/jsonlines") == expected
    answer = json.loads(endpoint.ask(csv(*ROWS), "text/csv", "*/*"))
    assert answer == [{"probability": number} for number in expected]


@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status", "message"),
    [
        ("", "text/csv", "text/csv", 400, "no rows"),
        (csv(CLIENT, CLIENT | {"job": "x"}), "text/csv", "text/csv", 400, "line 3, column job: "),
        (csv(CLIENT | {"duration": 9}), "text/csv", "text/csv", 400, "not declared duration"),
        ("30,student\n", "text/csv", "text/csv", 400, "2 fields without a header"),
        (
            csv(CLIENT | ECONOMY | {"euribor3m": "NaN"}),
            "text/csv",
            "text/csv",
            400,
            "line 2, column euribor3m: ",
        ),
        (
            lines(CLIENT | ECONOMY | {"euribor3m": float("nan")}),
            "application/jsonlines",
            "text/csv",
            400,
            "line 1",
        ),
        (csv(CLIENT | {"age": "NaN"}), "text/csv", "text/csv", 400, "column age: "),
        (bytes(range(256)), "text/csv", "text/csv", 400, "request"),
        (b"\xff\xfe" * 100, "application/jsonlines", "text/csv", 400, "request"),
        (csv(CLIENT), "application/json", "text/csv", 415, "allowed are text/csv and"),
        (csv(CLIENT), "text/csv", "image/png", 406, "accept 'image/png': allowed are"),
        (b"1,2,3\n" * 1_700_000, "text/csv", "text/csv", 413, "exceeded 6291456 bytes"),
    ],
)
def test_what_is_malformed_is_refused_and_the_endpoint_stays_up(
    endpoint, body, content_type, accept, status, message
):
    got, reason = endpoint.refusal(body, content_type, accept)
    assert (got, message in reason) == (status, True), reason[:1000]
    assert "Traceback" not in reason
    assert len(endpoint.numbers(csv(*ROWS), "text/csv")) == 3
