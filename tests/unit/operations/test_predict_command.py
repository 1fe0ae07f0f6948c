"""`redline predict --explain`: the endpoint is asked for explanations, and the table has them."""

from __future__ import annotations

import io
import json

import pytest

from operations.commands import predict as command

ENDPOINT = "redline-local-census"
ANSWER = {
    "income": ">50K",
    "probability": 0.9,
    "explanation": {
        "expected_value": -1.0,
        "shap_values": {"age": 0.5, "sex": -0.25, "race": 0.0, "education": 3.0},
    },
}


class Runtime:
    """An endpoint that gives one answer, and its control plane."""

    def __init__(self, answer):
        self.answer, self.accepted = answer, []

    def clients(self, _name):
        return self

    def invoke_endpoint(self, **request):
        self.accepted.append(request["Accept"])
        return {"Body": io.BytesIO(json.dumps(self.answer).encode() + b"\n")}


def shown(tmp_path, monkeypatch, capsys, *, answer=ANSWER, **options):
    file = tmp_path / "rows.csv"
    file.write_text("age,sex\n40,Male\n")
    monkeypatch.setattr(command, "find_endpoint", lambda aws, name: ENDPOINT)
    runtime = Runtime(answer)
    assert command.run(runtime, "census", file, **options) == 0
    return capsys.readouterr().out, runtime.accepted


def test_explanations_are_asked_for_and_the_largest_contributions_shown(
    tmp_path, monkeypatch, capsys
):
    text, accepted = shown(tmp_path, monkeypatch, capsys, explain=True)
    assert accepted == ["application/jsonlines;verbose"]
    assert "education +3.00, age +0.50, sex -0.25" in text
    assert "race" not in text


def test_the_json_has_all_contributions(tmp_path, monkeypatch, capsys):
    text, _ = shown(tmp_path, monkeypatch, capsys, explain=True, as_json=True)
    (row,) = json.loads(text)
    assert row["prediction"] == ANSWER


def test_without_the_option_predictions_alone_are_asked_for(tmp_path, monkeypatch, capsys):
    assert shown(tmp_path, monkeypatch, capsys)[1] == ["application/jsonlines"]


@pytest.mark.parametrize("explanation", ["as in 2008", None, 3.5, {"reason": "as in 2008"}])
def test_an_explanation_of_another_form_is_a_value(explanation, tmp_path, monkeypatch, capsys):
    answer = {"sold": 3.0, "explanation": explanation}
    text, _ = shown(tmp_path, monkeypatch, capsys, answer=answer)
    assert "→ explanation" in text
    assert "because" not in text
