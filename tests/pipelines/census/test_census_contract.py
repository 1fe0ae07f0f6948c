"""The model of train.py in the real toolkit of the XGBoost image, without a network."""

import json
from pathlib import Path

import pytest

from pipeline_code.census import inference
from tests.contract.container import XGBOOST
from tests.contract.product import Question, check_hosted, csv_question, malformed_for_servers
from tests.pipelines.census.persons import PERSON
from tests.pipelines.census.test_census_endpoint import PEOPLE
from tests.unit.asked import CSV, LINES, Malformed, as_csv, as_lines, malformed_for_all

GOLDEN = Path(__file__).parent / "golden" / "census-script.json"


@pytest.mark.contract
def test_the_model_starts_and_answers_in_its_image(by_script, tmp_path):
    folder = by_script.opt_ml() / "model"
    model = inference.model_fn(str(folder))
    rows = inference.input_fn(as_csv(*PEOPLE), CSV)
    predicted = inference.predict_fn(rows, model)
    numbers = [round(float(number), 6) for number in predicted]
    objects, _ = inference.output_fn(predicted, "application/json")
    verbose = "application/json;verbose"
    explanation = inference.explain_fn(rows, model)
    explained, _ = inference.output_fn(predicted, verbose, explanation=explanation)
    check_hosted(
        XGBOOST,
        folder,
        GOLDEN,
        answered=[
            csv_question(as_csv(*PEOPLE), numbers),
            csv_question(as_lines(*PEOPLE), numbers, LINES),
            Question(as_csv(*PEOPLE), CSV, "application/json", objects),
            Question(as_csv(*PEOPLE), CSV, verbose, explained),
        ],
        refused=[
            *malformed_for_servers(malformed_for_all(as_csv(PERSON))),
            Malformed(as_csv(PERSON, PERSON | {"sex": "X"}), "line 3, column sex: "),
        ],
        folder=tmp_path,
    )
    assert [each["probability"] for each in json.loads(objects)] == numbers
