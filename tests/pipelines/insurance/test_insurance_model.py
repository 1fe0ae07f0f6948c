"""Customers are separated, a model is trained, measured next to the approved one, and hosted."""

import json
import shutil
import tarfile

import pyarrow.parquet as pq
import pytest

from pipeline_code.insurance.features import DATASET
from pipeline_code.insurance.sample_data.__main__ import FILES, main
from tests.unit.asked import as_csv, as_lines
from tests.unit.job import Job
from tests.unit.own_code import own_code


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """The folder with the generated raw files."""
    folder = tmp_path_factory.mktemp("raw")
    main(["--output", str(folder)])
    return folder / "2000-01-01" / "raw"


@pytest.fixture(scope="module")
def new_job(archive, tmp_path_factory):
    """Return a function that creates a configured job of a step."""

    def make(step, **environment):
        folder = tmp_path_factory.mktemp(step)
        job = Job(archive, folder, step, training=step == "train", environment=environment)
        job.configure()
        return job

    return make


@pytest.fixture(scope="module")
def separate(new_job, etl, raw):
    """Return a function that runs etl and separate over some of the raw files."""

    def run(*files):
        lines = (raw / FILES[0]).read_text().split()
        columns = len(DATASET.schema.columns)
        rows = [lines[at : at + columns] for at in range(0, len(lines), columns)]
        cleaning, _ = etl({FILES[0]: ["\t".join(row) for row in rows]})
        job = new_job("separate")
        shutil.copy(cleaning.parts("codes")[0], job.input("data"))
        for name in files:
            shutil.copy(raw / name, job.input("raw"))
        return job, job.run()

    return run


@pytest.fixture(scope="module")
def separated(separate):
    """The completed job with the evaluation set."""
    job, codes = separate(*FILES)
    assert codes == [0], job.output
    return job


@pytest.fixture(scope="module")
def trained(new_job, separated):
    """The completed training job."""
    job = new_job("train")
    shutil.copy(separated.parts("train")[0], job.input("train"))
    assert job.run() == [0], job.output
    return job


def rows_of(job, side):
    return pq.read_table(job.parts(side)[0])


def test_the_published_evaluation_set_is_the_test_side(separated):
    assert rows_of(separated, "train").num_rows == 5_822
    assert rows_of(separated, "test").num_rows == 4_000
    assert json.loads(separated.parts("report")[0].read_text())["has_evaluation_set"]


def test_without_an_evaluation_set_a_part_of_the_customers_is_the_test_side(separate):
    job, codes = separate()
    assert codes == [0], job.output
    train, test = rows_of(job, "train"), rows_of(job, "test")
    assert train.num_rows + test.num_rows == 5_822
    assert 0.35 < test.num_rows / 5_822 < 0.45


def test_the_data_meet_the_contract(separated, new_job, registry):
    accepted = {"ACCEPTED_DATA_URI": "s3://lake/accepted-data/insurance"}
    job = new_job("contract", **registry.environment, **accepted)
    shutil.copy(separated.parts("profile")[0], job.input("profile"))
    assert job.run() == [0], job.output
    contract = next(path for path in job.parts("contract") if path.name == "contract.json")
    assert json.loads(contract.read_text())["failed"] == []


def test_the_evaluation_has_the_lift_next_to_that_of_the_approved_model(
    separated, trained, new_job, registry, tmp_path
):
    packed = tmp_path / "model.tar.gz"
    with tarfile.open(packed, "w:gz") as opened:
        opened.add(trained.opt_ml() / "model", arcname=".")
    arn = registry.register(packed)
    job = new_job("evaluate", **registry.environment)
    shutil.copy(packed, job.input("model"))
    shutil.copy(separated.parts("test")[0], job.input("test"))
    assert job.run() == [0], job.output
    evaluation = next(each for each in job.parts("evaluation") if each.name == "evaluation.json")
    report = json.loads(evaluation.read_text())
    metrics = report["binary_classification_metrics"]
    assert metrics["buyers_chosen"]["value"] > 85
    assert metrics["lift"]["standard_deviation"] > 0
    assert metrics["confidence"]["value"] > 0.999
    compared = report["champion_comparison"]
    assert compared["model_package_arn"] == arn
    assert compared["metric"] == "lift"
    assert compared["difference"] == 0.0
    assert compared["champion_metrics"]["buyers_chosen"] == metrics["buyers_chosen"]["value"]


def test_codes_of_customers_are_answered_alike_in_every_form(separated, trained):
    rows = rows_of(separated, "test").drop_columns([DATASET.target]).slice(0, 3).to_pylist()
    with own_code(trained.opt_ml() / "model") as (inference, model):
        answers = [
            inference.predict_fn(inference.input_fn(body, kind), model).tolist()
            for body, kind in (
                (as_csv(*rows), "text/csv"),
                (as_lines(*rows), "application/jsonlines"),
            )
        ]
        assert answers[0] == answers[1]
        assert all(0 < probability < 1 for probability in answers[0])
        wrong = as_lines(rows[0] | {"average_age": 7})
        with pytest.raises(
            ValueError, match="column average_age: '7' is not a whole number from 1"
        ):
            inference.input_fn(wrong, "application/jsonlines")
