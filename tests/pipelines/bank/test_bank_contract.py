"""The trained model in the real toolkit of the XGBoost image, without a network."""

import json
from pathlib import Path

import pytest

from pipeline_code.bank import inference
from tests.contract.container import XGBOOST
from tests.contract.product import Question, check_hosted, csv_question, malformed_for_servers
from tests.pipelines.bank.clients import CLIENT
from tests.pipelines.bank.test_bank_endpoint import ROWS
from tests.unit.asked import CSV, LINES, Malformed, as_csv, as_lines, malformed_for_all

GOLDEN = Path(__file__).parent / "golden" / "bank-campaign.json"


@pytest.mark.contract
def test_the_model_starts_and_answers_in_its_image(trained, tmp_path):
    folder = trained.opt_ml() / "model"
    model = inference.model_fn(str(folder))
    predicted = inference.predict_fn(inference.input_fn(as_csv(*ROWS), CSV), model)
    numbers = [round(float(number), 4) for number in predicted]
    objects = [{"probability": number} for number in numbers]
    check_hosted(
        XGBOOST,
        folder,
        GOLDEN,
        answered=[
            csv_question(as_csv(*ROWS), numbers),
            csv_question(as_lines(*ROWS), numbers, LINES),
            Question(as_csv(*ROWS), CSV, "application/json", json.dumps(objects)),
        ],
        refused=[
            *malformed_for_servers(malformed_for_all(as_csv(CLIENT))),
            Malformed(as_csv(CLIENT, CLIENT | {"job": "x"}), "line 3, column job: "),
        ],
        folder=tmp_path,
    )
