"""The trained model in the real toolkit of the scikit-learn image, without a network."""

import json
from pathlib import Path

import pytest

from pipeline_code.tickit import inference
from tests.contract.container import SCIKIT_LEARN
from tests.contract.product import Question, check_hosted, csv_question, malformed_for_servers
from tests.pipelines.tickit.test_tickit_endpoint import HEADER, ROWS, ROWS_AS_CSV
from tests.unit.asked import CSV, LINES, Malformed, as_lines, malformed_for_all

GOLDEN = Path(__file__).parent / "golden" / "tickit.json"


@pytest.mark.contract
def test_the_model_starts_and_answers_in_its_image(trained, tmp_path):
    folder = trained.opt_ml() / "model"
    model = inference.model_fn(str(folder))
    predicted = inference.predict_fn(inference.input_fn(ROWS_AS_CSV, CSV), model)
    numbers = [round(float(number), 4) for number in predicted]
    objects = [{"total_sold": number} for number in numbers]
    lines = "".join(json.dumps(each) + "\n" for each in objects)
    check_hosted(
        SCIKIT_LEARN,
        folder,
        GOLDEN,
        answered=[
            csv_question(ROWS_AS_CSV, numbers),
            csv_question(HEADER + ROWS_AS_CSV, numbers, "text/csv; charset=utf-8"),
            csv_question(as_lines(*ROWS), numbers, LINES),
            Question(ROWS_AS_CSV, CSV, LINES, lines),
            Question(ROWS_AS_CSV, CSV, "application/json", json.dumps(objects)),
        ],
        refused=[
            *malformed_for_servers(malformed_for_all(ROWS_AS_CSV)),
            Malformed(ROWS_AS_CSV + "3,9,2008-03-01\n", "line 4: 3 fields"),
            Malformed("3,9,2008-03-01,t\n", "the model was fitted on"),
        ],
        folder=tmp_path,
    )
