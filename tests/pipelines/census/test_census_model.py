"""Training of both kinds, evaluation with the approved model, and hosting."""

import io
import json
import re
import tarfile

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline_code.census.encoder import ENCODER, FILE, Encoder, Feature
from pipeline_code.census.inference import output_fn
from pipeline_code.census.model import MODEL_FILE, read_model
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.request_errors import WrongAccept
from tests.pipelines.census.conftest import HYPERPARAMETERS
from tests.pipelines.census.persons import PERSON, PUPIL
from tests.unit.asked import CSV, LINES, as_csv, as_lines
from tests.unit.own_code import own_code


def files_of(job):
    folder = job.opt_ml() / "model"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def probability(archive, rows):
    """Return the predictions of the model in an archive, which may have no encoder."""
    with unpacked(archive) as folder:
        return read_model(folder, encoder=ENCODER).probability(rows)


def test_model_s_files(trained):
    names = files_of(trained)
    if "encoder.json" not in names:
        assert names == [MODEL_FILE]
    else:
        assert {MODEL_FILE, FILE, "code/inference.py"} <= set(names)
        assert "code/pipeline_code/census/preprocess.py" not in names


def test_both_kinds_fit_the_same_model(preprocessed, train, by_script, pack):
    built_in, codes = train(preprocessed, training="built-in")
    assert codes == [0], built_in.output
    rows = pq.read_table(preprocessed.parts("test")[0])
    one, other = (probability(pack(job), rows) for job in (by_script, built_in))
    assert np.array_equal(one, other)


def test_a_packaged_model_of_the_algorithm_has_the_files_of_a_model_of_the_script(
    preprocessed, train, by_script, package
):
    built_in, _ = train(preprocessed, training="built-in")
    packaged, codes = package(built_in)
    assert codes == [0], packaged.output
    assert files_of(packaged) == files_of(by_script)
    for name in files_of(packaged):
        expected = built_in if name == MODEL_FILE else by_script
        written = (job.opt_ml() / "model" / name for job in (packaged, expected))
        assert next(written).read_bytes() == next(written).read_bytes()


def test_an_archive_without_a_model_is_not_packaged(preprocessed, package):
    packaged, codes = package(preprocessed)
    assert codes == [1]
    assert packaged.message() == "the model has no xgboost-model: train again"


def test_instances_of_preprocess_do_not_change_the_model(
    preprocess, preprocessed, train, by_script, pack
):
    job, _ = preprocess(hosts=3, files=1)
    training, codes = train(job)
    assert codes == [0]
    rows = pq.read_table(preprocessed.parts("test")[0])
    one, other = (probability(pack(job), rows) for job in (training, by_script))
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("hyperparameters", "message"),
    [
        (HYPERPARAMETERS | {"depth": "4"}, "unknown hyperparameters depth: allowed are num_round,"),
        (HYPERPARAMETERS | {"eta": "fast"}, "hyperparameter eta: 'fast' is not of type float"),
    ],
)
def test_wrong_hyperparameters_are_refused(preprocessed, train, hyperparameters, message):
    training, codes = train(preprocessed, hyperparameters=hyperparameters)
    assert codes == [1]
    assert training.message().startswith(message)


def test_evaluation_without_an_approved_model(trained, preprocessed, evaluate, report):
    job, codes = evaluate(trained, preprocessed)
    assert codes == [0], job.output
    written = report(job)
    measured = written["binary_classification_metrics"]
    assert measured["accuracy"]["value"] > 0.8
    assert measured["accuracy"]["value"] > measured["accuracy_best_constant_classifier"]["value"]
    assert measured["auc"]["value"] > 0.85
    counts = measured["confusion_matrix"]
    rows = sum(count for answers in counts.values() for count in answers.values())
    assert (
        rows
        == written["dataset"]["item_count"]
        == len(pq.read_table(preprocessed.parts("test")[0]))
    )
    assert written["champion_comparison"] == {
        "metric": "accuracy",
        "candidate": measured["accuracy"]["value"],
        "champion": None,
        "champion_metrics": None,
        "difference": 0.0,
        "model_package_arn": None,
    }


def test_evaluation_beside_an_approved_model(
    trained, preprocessed, train, evaluate, report, registry, pack
):
    weak, _ = train(
        preprocessed, hyperparameters=HYPERPARAMETERS | {"num_round": "1", "eta": "0.01"}
    )
    arn = registry.register(pack(weak, "weak.tar.gz"))
    job, codes = evaluate(trained, preprocessed)
    assert codes == [0], job.output
    compared = report(job)["champion_comparison"]
    assert compared["model_package_arn"] == arn
    assert compared["difference"] == compared["candidate"] - compared["champion"] > 0.05
    registry.register(pack(trained, "same.tar.gz"))
    job, _ = evaluate(trained, preprocessed)
    assert report(job)["champion_comparison"]["difference"] == 0.0
    strong = registry.register(pack(trained, "strong.tar.gz"))
    job, _ = evaluate(weak, preprocessed)
    compared = report(job)["champion_comparison"]
    assert compared["model_package_arn"] == strong
    assert compared["difference"] < -0.05


def test_a_champion_with_another_encoder_is_measured_by_its_own(
    by_script, preprocessed, evaluate, report, registry, tmp_path
):
    """An approved model of older code uses fewer columns of the same raw rows."""
    import xgboost

    older = Encoder((Feature("age", "number"), Feature("capital.gain", "number")))
    rows = pq.read_table(preprocessed.parts("test")[0])
    label = np.array(rows["income"].to_pylist()) == ">50K"
    booster = xgboost.train(
        {"objective": "binary:logistic"}, xgboost.DMatrix(older.encode(rows), label), 5
    )
    archive = packed(
        tmp_path, {MODEL_FILE: bytes(booster.save_raw("ubj")), FILE: older.to_json().encode()}
    )
    registry.register(archive)
    job, codes = evaluate(by_script, preprocessed)
    assert codes == [0], job.output
    assert 0.6 < report(job)["champion_comparison"]["champion"] < 0.9


def test_a_champion_that_takes_other_columns_is_refused_by_name(
    by_script, preprocessed, evaluate, registry, tmp_path
):
    import xgboost

    booster = xgboost.train({}, xgboost.DMatrix(np.eye(2), np.arange(2)), 1)
    arn = registry.register(packed(tmp_path, {MODEL_FILE: bytes(booster.save_raw("ubj"))}))
    job, codes = evaluate(by_script, preprocessed)
    assert codes == [1]
    assert job.message().startswith(f"the approved model {arn} cannot be measured: ")
    assert "the model takes 2 columns, its rows have 91" in job.message()
    assert job.message().endswith("reject that version")


def packed(folder, files):
    """Create an archive of the files."""
    path = folder / "other.tar.gz"
    with tarfile.open(path, "w:gz") as opened:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content))
    return path


def test_an_archive_without_a_model_is_refused(tmp_path):
    with pytest.raises(DataError, match="no model.tar.gz in the input model"):
        probability(tmp_path / "model.tar.gz", None)
    with pytest.raises(DataError, match="the model has no xgboost-model"):
        probability(packed(tmp_path, {"readme": b""}), None)
    (tmp_path / MODEL_FILE).touch()
    with pytest.raises(DataError, match="the model has no encoder.json"):
        read_model(tmp_path)


@pytest.fixture
def hosted(by_script):
    """The hosting module that was saved with the model, and the model."""
    with own_code(by_script.opt_ml() / "model") as loaded:
        yield loaded


def test_raw_rows_are_answered_alike_in_every_form(hosted):
    inference, model = hosted
    bodies = {
        CSV: as_csv(PERSON, PUPIL, header=False),
        "text/csv; charset=utf-8": as_csv(PERSON, PUPIL),
        LINES: as_lines(PERSON, PUPIL),
    }
    answers = [
        inference.predict_fn(inference.input_fn(body.encode(), kind), model).tolist()
        for kind, body in bodies.items()
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] > 0.5 > answers[0][1]


def test_answers_have_the_form_that_was_asked_for(hosted):
    inference, _ = hosted
    predicted = np.array([0.75, 0.25])
    objects = [
        {"income": ">50K", "probability": 0.75},
        {"income": "<=50K", "probability": 0.25},
    ]
    assert inference.output_fn(predicted, "text/csv") == ("0.75\n0.25\n", "text/csv")
    body, kind = inference.output_fn(predicted, "application/jsonlines")
    assert ([json.loads(each) for each in body.splitlines()], kind) == (
        objects,
        "application/jsonlines",
    )
    body, kind = inference.output_fn(predicted, "*/*")
    assert (json.loads(body), kind) == (objects, "application/json")


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (
            as_csv(PERSON, PERSON | {"sex": "X"}, header=False),
            CSV,
            "line 2, column sex: 'X' is",
        ),
        (
            as_csv(PERSON | {"age": "old"}, header=False),
            CSV,
            "column age: 'old' is not a whole",
        ),
        ("45,Private\n", "text/csv", "2 fields without a header, must be the columns age, work"),
        (as_lines(PERSON | {"income": ">50K"}), LINES, "not declared income"),
        (
            as_lines(PERSON | {"race": None}),
            LINES,
            "column race: null is not one",
        ),
        ("{}", "application/json", "content type 'application/json': allowed are text/csv"),
    ],
)
def test_malformed_requests_are_refused(hosted, body, kind, message):
    inference, _ = hosted
    with pytest.raises(ValueError, match=re.escape(message)):
        inference.input_fn(body, kind)


def test_an_answer_of_another_type_is_refused():
    with pytest.raises(WrongAccept, match="accept 'image/png': allowed are"):
        output_fn(np.array([0.5]), "image/png")
