"""Training, hosting and evaluation, using only the archive and model.tar.gz."""

import json
import shutil
import subprocess
import sys
import tarfile

import pytest

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.tickit import inference

HOST = """
import inference, sys
print(inference.__file__)
environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/invocations", "CONTENT_TYPE": "text/csv"}
environ |= {"HTTP_ACCEPT": "text/csv", "wsgi.input": sys.stdin.buffer}
(body,) = inference.app(environ, lambda status, headers: print(status))
print(body.decode(), end="")
"""
ROWS = "3,9,2008-03-01,t,1\n7,9,2008-04-05,f,3\n"
NARROW_ROWS = "3,9,2008-03-01,t\n7,9,2008-04-05,f\n"
PREDICTED = [24.0 + 15, 68.0 + 15]


@pytest.fixture(scope="module")
def model(trained):
    return inference.model_fn(str(trained.opt_ml() / "model"))


def test_model_is_saved_with_its_code_and_facts(trained, preprocessed):
    folder = trained.opt_ml() / "model"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert {"model.pickle", "model.json", "training_ranges.json", "code/inference.py"} <= names
    facts = json.loads((folder / "model.json").read_text())
    train = preprocessed.rows("train")
    assert facts["rows"] == len(train)
    assert facts["target_mean"] == pytest.approx(
        sum(row["total_sold"] for row in train) / len(train)
    )
    assert f"train:rows={len(train)}; train:rmse=" in trained.output["algo-1"]


def test_raw_rows_are_predicted_by_the_packed_code_alone(trained, tmp_path):
    folder = trained.opt_ml() / "model"
    done = subprocess.run(
        [sys.executable, "-P", "-c", HOST], env={"PYTHONPATH": str(folder / "code")},
        input=ROWS, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    where, status, *numbers = done.stdout.splitlines()
    assert (where, status) == (str(folder / "code/inference.py"), "200 OK")
    assert [float(number) for number in numbers] == pytest.approx(PREDICTED, abs=12)


def test_shards_do_not_change_the_model(preprocess, train, model):
    preprocessing, _ = preprocess(hosts=3, shards=5)
    other, codes = train(preprocessing, hosts=1)
    assert codes == [0]
    rows = inference.input_fn(ROWS, "text/csv")
    again = inference.model_fn(str(other.opt_ml() / "model"))
    assert (inference.predict_fn(rows, again) == inference.predict_fn(rows, model)).all()
    assert again.facts == model.facts


def test_several_hosts_are_refused(train, preprocessed):
    job, codes = train(preprocessed, hosts=2)
    assert codes == [1, 1]
    reason = "InstanceCount is 2, must be 1: an estimator of scikit-learn cannot be trained on"
    assert {job.message(host).startswith(reason) for host in job.hosts} == {True}


def test_hyperparameters_change_the_model(train, preprocessed, model):
    job, codes = train(preprocessed, hyperparameters={"max_iter": "1", "learning_rate": "0.01"})
    assert codes == [0]
    weak = inference.model_fn(str(job.opt_ml() / "model"))
    assert weak.facts["hyperparameters"]["max_iter"] == 1
    rows = inference.input_fn(ROWS, "text/csv")
    predicted = inference.predict_fn(rows, weak)
    assert predicted == pytest.approx([weak.facts["target_mean"]] * 2, rel=0.05)


@pytest.mark.parametrize(
    ("hyperparameters", "message"),
    [
        ({"depth": "3"}, "unknown hyperparameters depth: allowed are learning_rate, max_iter"),
        ({"max_iter": "many"}, "hyperparameter max_iter: 'many' is not of type int"),
        ({"learning_rate": "-1"}, "learning_rate"),
    ],
)
def test_wrong_hyperparameters_fail(train, preprocessed, hyperparameters, message):
    job, codes = train(preprocessed, hyperparameters=hyperparameters)
    assert codes == [1]
    assert message in job.message()


def test_evaluation_has_the_errors_of_the_model_and_of_the_mean(evaluate, trained, preprocessed):
    job, codes = evaluate(trained, preprocessed)
    assert codes == [0], job.output
    path, _plots = job.parts("evaluation")
    report = json.loads(path.read_text())
    assert report["dataset"] == {"item_count": len(preprocessed.rows("test"))}
    metrics = report["regression_metrics"]
    assert metrics["r2"]["value"] > 0.9
    assert metrics["r2_baseline"]["value"] == pytest.approx(0, abs=0.05)
    ratio = metrics["rmse"]["value"] / metrics["rmse_baseline"]["value"]
    assert metrics["rmse_ratio"]["value"] == pytest.approx(ratio)
    assert all(metric["standard_deviation"] > 0 for metric in metrics.values())


def compared(job):
    """Return the comparison with the approved model."""
    path, _plots = job.parts("evaluation")
    return json.loads(path.read_text())["champion_comparison"]


def test_the_first_model_has_no_approved_one_beside_it(evaluate, trained, preprocessed):
    job, codes = evaluate(trained, preprocessed)
    assert codes == [0], job.output
    found = compared(job)
    assert (found["metric"], found["champion"], found["difference"]) == ("rmse", None, 0.0)


def test_the_approved_model_is_measured_on_the_same_rows(
    evaluate, train, trained, preprocessed, registry, pack
):
    weak, _ = train(preprocessed, hyperparameters={"max_iter": "2"})
    arn = registry.register(pack(weak, "weak.tar.gz"))
    better = compared(evaluate(trained, preprocessed)[0])
    assert better["model_package_arn"] == arn
    assert better["difference"] == better["champion"] - better["candidate"] > 1
    registry.register(pack(trained, "good.tar.gz"))
    worse = compared(evaluate(weak, preprocessed)[0])
    assert worse["difference"] == pytest.approx(-better["difference"])
    # A model that was trained on the same rows is the same model.
    assert compared(evaluate(trained, preprocessed)[0])["difference"] == 0.0


def without_events(lines):
    return [line.rpartition(",")[0] for line in lines]


def test_an_approved_model_with_fewer_columns_is_measured_with_its_own(
    evaluate, preprocess, train, trained, preprocessed, csv_lines, registry, pack
):
    narrow_rows, _ = preprocess(lines=without_events(csv_lines))
    narrow, _ = train(narrow_rows)
    registry.register(pack(narrow, "narrow.tar.gz"))
    assert compared(evaluate(trained, preprocessed)[0])["difference"] > 0


def test_an_approved_model_that_needs_other_columns_fails_the_evaluation_by_name(
    evaluate, preprocess, train, trained, csv_lines, registry, pack
):
    narrow_rows, _ = preprocess(lines=without_events(csv_lines))
    narrow, _ = train(narrow_rows)
    arn = registry.register(pack(trained, "wide.tar.gz"))
    job, codes = evaluate(narrow, narrow_rows)
    assert codes == [1]
    reason = f"the approved model {arn} cannot be measured: the rows lack events"
    assert job.message().startswith(reason)
    assert job.message().endswith("reject that version")


def test_an_approved_model_of_another_tool_fails_the_evaluation_by_name(
    evaluate, trained, preprocessed, registry, tmp_path
):
    with tarfile.open(tmp_path / "foreign.tar.gz", "w:gz"):
        pass
    arn = registry.register(tmp_path / "foreign.tar.gz")
    job, codes = evaluate(trained, preprocessed)
    assert codes == [1]
    assert job.message().startswith(f"the approved model {arn} cannot be measured: the model has")
    assert "no model.json: train again" in job.message()


def test_an_approved_model_of_an_earlier_release_is_compared_with_if_it_is_unchanged(
    evaluate, trained, preprocessed, registry, pack
):
    early = registry.register(pack(trained, "early.tar.gz"), model_sha256=None)
    job, codes = evaluate(trained, preprocessed)
    assert codes == [0], job.output
    assert compared(job)["difference"] == 0.0
    registry.replace(pack(trained), "early.tar.gz", of=early)
    job, codes = evaluate(trained, preprocessed)
    assert codes == [1]
    assert "was registered without a digest" in job.message()


def test_evaluation_without_a_model_says_so(new_job, preprocessed):
    job = new_job("evaluate")
    (part,) = preprocessed.parts("test")
    shutil.copytree(part.parent, job.opt_ml() / "processing/input/test")
    assert job.run() == [1]
    assert job.message().startswith("no model.tar.gz in the input model")


def test_a_request_with_a_column_that_the_model_was_not_fitted_on_is_answered(
    preprocess, train, csv_lines
):
    job, _ = train(preprocess(lines=without_events(csv_lines))[0])
    model = inference.model_fn(str(job.opt_ml() / "model"))
    rows, narrow = (inference.input_fn(body, "text/csv") for body in (ROWS, NARROW_ROWS))
    assert (inference.predict_fn(rows, model) == inference.predict_fn(narrow, model)).all()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ROWS, "text/csv"),
        (ROWS.encode(), "text/csv; charset=utf-8"),
        ("venueid,catid,caldate,holiday,events\n" + ROWS, "text/csv"),
        (
            '{"venueid": 3, "catid": 9, "caldate": "2008-03-01", "holiday": true, "events": 1}\n'
            '{"venueid": 7, "catid": 9, "caldate": "2008-04-05", "holiday": false, "events": 3}\n',
            "application/jsonlines",
        ),
    ],
)
def test_requests_in_every_form(model, body, content_type):
    rows = inference.input_fn(body, content_type)
    assert inference.predict_fn(rows, model) == pytest.approx(PREDICTED, abs=12)


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (ROWS + "7,9,2008-04-05,f\n", "text/csv", "request, line 3: 4 fields, must be 5"),
        (ROWS + "7,9,soon,f,1\n", "text/csv", "request, line 3, column caldate: 'soon'"),
        ('{"venueid": 3}', "application/jsonlines", "request, line 1: missing catid, caldate"),
        (ROWS, "text/plain", "'text/plain': allowed are text/csv and application/jsonlines"),
    ],
)
def test_wrong_requests_are_refused(body, content_type, message):
    with pytest.raises(DataError, match=message):
        inference.input_fn(body, content_type)


def test_rows_without_a_column_of_the_model_are_refused(model):
    rows = inference.input_fn("3,9,2008-03-01,t\n", "text/csv")
    with pytest.raises(DataError, match="the rows lack events, which the model was fitted on"):
        inference.predict_fn(rows, model)


@pytest.mark.parametrize(
    ("accept", "body", "content_type"),
    [
        ("text/csv", "1.5\n2.0\n", "text/csv"),
        ("application/jsonlines", '{"total_sold": 1.5}\n{"total_sold": 2.0}\n', None),
        ("*/*", '[{"total_sold": 1.5}, {"total_sold": 2.0}]', "application/json"),
    ],
)
def test_answers_in_every_form(accept, body, content_type):
    assert inference.output_fn([1.5, 2.0], accept) == (body, content_type or accept)


def test_unknown_answer_is_refused():
    with pytest.raises(DataError, match="'image/png': allowed are text/csv"):
        inference.output_fn([1.5], "image/png")
