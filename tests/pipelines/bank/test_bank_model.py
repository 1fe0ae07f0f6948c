"""Training, evaluation with the approved model, and hosting with raw rows."""

import json
import re

import numpy as np
import pytest

from tests.pipelines.bank.clients import CLIENT, ECONOMY, OTHER
from tests.unit.asked import CSV, as_csv, as_lines
from tests.unit.own_code import own_code


def facts(training):
    return json.loads((training.opt_ml() / "model/model.json").read_text())


def test_model_is_saved_with_what_it_needs(trained):
    folder = trained.opt_ml() / "model"
    names = {path.name for path in folder.iterdir()}
    assert names == {"model.ubj", "model.json", "training_ranges.json", "code"}
    assert not (folder / "code/pipeline_code/bank/preprocess.py").exists()
    noted = facts(trained)
    assert noted["columns"] == "campaign"
    assert noted["auc"]["validation"] > 0.7
    assert f"validation:auc={noted['auc']['validation']:.4f};" in trained.output["algo-1"]


def test_instances_of_preprocess_do_not_change_the_model(preprocess, train, trained):
    job, _ = preprocess(hosts=3)
    training, codes = train(job)
    assert codes == [0]
    one, other = (each.opt_ml() / "model/model.ubj" for each in (trained, training))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("hyperparameters", "message"),
    [
        ({"depth": "4"}, "unknown hyperparameters depth: allowed are columns, num_round"),
        ({"eta": "fast"}, "hyperparameter eta: 'fast' is not of type float"),
        ({"columns": "all"}, "hyperparameter columns is 'all': allowed are campaign, macro"),
        (
            {"columns": "macro"},
            "part-algo-1.csv: 62 columns, must be the label and 66 features: preprocess and train",
        ),
    ],
)
def test_wrong_settings_are_refused(preprocessed, train, hyperparameters, message):
    training, codes = train(preprocessed, **hyperparameters)
    assert codes == [1]
    assert training.message().startswith(message)


def test_one_kind_of_answer_is_refused(preprocess, lines, train):
    job, _ = preprocess(rows=[line for line in lines if line.endswith(",no")])
    training, codes = train(job)
    assert codes == [1]
    assert "0 of them subscribed: at least one of either kind" in training.message()


def test_evaluation_without_an_approved_model(trained, preprocessed, evaluate, report):
    job, codes = evaluate(trained, preprocessed)
    assert codes == [0], job.output
    written = report(job)
    measured = written["binary_classification_metrics"]
    assert measured["auc"]["value"] > 0.7
    assert written["champion_comparison"] == {
        "metric": "auc",
        "candidate": measured["auc"]["value"],
        "champion": None,
        "champion_metrics": None,
        "difference": 0.0,
        "model_package_arn": None,
    }


def test_evaluation_beside_approved_models(
    preprocess, trained, preprocessed, train, evaluate, report, registry, pack
):
    weak, _ = train(preprocessed, num_round="1", max_depth="1")
    arn = registry.register(pack(weak, "weak.tar.gz"))
    job, codes = evaluate(trained, preprocessed)
    assert codes == [0], job.output
    compared = report(job)["champion_comparison"]
    assert compared["model_package_arn"] == arn
    assert compared["difference"] == compared["candidate"] - compared["champion"] > 0.03
    # An approved model with other columns is measured on the same rows.
    wide, codes = train(preprocess(columns="macro")[0], columns="macro")
    assert codes == [0], wide.output
    arn = registry.register(pack(wide, "wide.tar.gz"))
    compared = report(evaluate(weak, preprocessed)[0])["champion_comparison"]
    assert compared["model_package_arn"] == arn
    assert compared["difference"] < -0.03


def test_job_without_a_group_fails(trained, preprocessed, evaluate, registry):
    del registry.environment["MODEL_PACKAGE_GROUP"]
    job, codes = evaluate(trained, preprocessed)
    assert codes == [1]
    assert job.message().startswith("the job's environment has no MODEL_PACKAGE_GROUP")


@pytest.fixture
def hosted(trained):
    """The hosting module that was saved with the model, and the model."""
    with own_code(trained.opt_ml() / "model") as loaded:
        yield loaded


def in_order(row):
    """Return the row in the order of a file without header."""
    first = ("age", *[name for name in CLIENT if isinstance(CLIENT[name], str)])
    return {name: row[name] for name in (*first, "campaign", "pdays", "previous")}


def test_raw_rows_are_answered_alike_in_every_form(hosted):
    inference, model = hosted
    answers = [
        inference.predict_fn(inference.input_fn(body, kind), model).tolist()
        for body, kind in [
            (as_csv(in_order(CLIENT), in_order(OTHER), header=False), CSV),
            (as_csv(CLIENT, OTHER), "text/csv; charset=utf-8"),
            (as_lines(CLIENT, OTHER), "application/jsonlines"),
            (as_lines(CLIENT | ECONOMY, OTHER | ECONOMY), "application/jsonlines"),
        ]
    ]
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert answers[0][0] > 0.5 > 0.1 > answers[0][1]


def test_answers_have_the_form_that_was_asked_for(hosted):
    inference, _ = hosted
    predicted = np.array([0.75, 0.25])
    objects = [{"probability": 0.75}, {"probability": 0.25}]
    assert inference.output_fn(predicted, "text/csv") == ("0.75\n0.25\n", "text/csv")
    body, _ = inference.output_fn(predicted, "application/jsonlines")
    assert [json.loads(line) for line in body.splitlines()] == objects
    assert json.loads(inference.output_fn(predicted, "*/*")[0]) == objects


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (as_lines(CLIENT | {"duration": 9}), "application/jsonlines", "not declared duration"),
        (as_lines(CLIENT | {"job": "x"}), "application/jsonlines", "column job: 'x' is not one of"),
        ("30,student\n", "text/csv", "2 fields without a header"),
        ("{}", "application/json", "allowed are text/csv and application/jsonlines"),
    ],
)
def test_wrong_requests_are_refused(hosted, body, kind, message):
    inference, _ = hosted
    with pytest.raises(ValueError, match=re.escape(message)):
        inference.input_fn(body, kind)


def test_model_of_the_economy_asks_for_it(preprocess, train, pack, tmp_path):
    from pipeline_code.bank.inference import input_fn, model_fn, predict_fn
    from pipeline_code.runtime.job_errors import DataError

    training, _ = train(preprocess(columns="macro")[0], columns="macro")
    model = model_fn(str(training.opt_ml() / "model"))
    assert len(predict_fn(input_fn(as_lines(CLIENT | ECONOMY), "application/jsonlines"), model))
    with pytest.raises(DataError, match="the rows lack emp_var_rate, cons_price_idx"):
        predict_fn(input_fn(as_lines(CLIENT), "application/jsonlines"), model)


def test_model_of_other_features_is_refused(trained, tmp_path):
    from pipeline_code.bank.inference import model_fn
    from pipeline_code.runtime.job_errors import DataError

    (tmp_path / "model.json").write_text(json.dumps(facts(trained) | {"features": ["age"]}))
    with pytest.raises(DataError, match="was fitted on the features age, which this code"):
        model_fn(str(tmp_path))
