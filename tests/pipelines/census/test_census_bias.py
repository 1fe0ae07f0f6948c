"""The analysis of census rejects models of unfair labels, and no models of clean labels.

The step scripts run in this process, because every seed needs a model.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.census import analyse, preprocess, train
from pipeline_code.census.features import HIGH, SCHEMA, TARGET
from pipeline_code.census.model import read_model
from pipeline_code.census.sample_data.people import people
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.job_errors import DataError
from tests.pipelines.census.conftest import HYPERPARAMETERS
from tests.pipelines.census.unfair import unfair

# With many rows, a smaller bias is significant.
ROWS, MANY_ROWS = 5_000, 16_000
# The constant of pipeline.py, which needs the SDK.
MOST_BIAS_INCREASE = 0.01


def container(folder):
    """A container of one instance, configured as a training job."""
    resources = {"current_host": "algo-1", "hosts": ["algo-1"]}
    for config in ("config", "input/config"):
        (folder / config).mkdir(parents=True)
        (folder / config / "resourceconfig.json").write_text(json.dumps(resources))
    (folder / "input/config/hyperparameters.json").write_text(json.dumps(HYPERPARAMETERS))
    channels = dict.fromkeys(("train", "validation"), {"S3DistributionType": "FullyReplicated"})
    (folder / "input/config/inputdataconfig.json").write_text(json.dumps(channels))
    return Container(folder)


def processing(folder):
    """A container of a processing job."""
    made = container(folder)
    (folder / "config/processingjobconfig.json").write_text("{}")
    return made


@dataclass(frozen=True)
class Analysed:
    """The analysis.json of a model, and the folder of the model."""

    report: dict[str, Any]
    model: Path


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """Return a function that prepares rows, trains a model and analyses it.

    The model is trained on `trained_on` and analysed with the test side of `rows`.
    """

    def prepared(folder, rows):
        job = processing(folder)
        source = job.processing_input("data")
        source.mkdir(parents=True)
        pq.write_table(rows, source / "adult.parquet")
        preprocess.run(job)
        return job

    def run(rows, trained_on=None):
        folder = tmp_path_factory.mktemp("bias")
        tested = prepared(folder / "test", rows)
        trained = tested if trained_on is None else prepared(folder / "train", trained_on)
        training = container(folder / "training")
        for name in ("train", "validation", "encoder", "ranges"):
            shutil.copytree(trained.processing_output(name), training.channel(name))
        train.run(training)
        analysis = processing(folder / "analysis")
        for name, output in {"rows": "test", "encoder": "encoder"}.items():
            shutil.copytree(tested.processing_output(output), analysis.processing_input(name))
        analysis.processing_input("model").mkdir()
        archive = analysis.processing_input("model") / "model.tar.gz"
        with tarfile.open(archive, "w:gz") as opened:
            opened.add(training.model, ".")
        analyse.run(analysis)
        report = analysis.processing_output("analysis") / "analysis.json"
        return Analysed(json.loads(report.read_text()), training.model)

    return run


@pytest.fixture(scope="module")
def rows():
    """A few rows."""
    return people(2_000, seed=0)


@pytest.fixture(scope="module")
def small(analysed, rows):
    """The analysed model of a few rows."""
    return analysed(rows)


SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed else []) for seed in range(10)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_model_of_clean_labels_is_allowed(seed, analysed):
    report = analysed(people(ROWS, seed=seed)).report
    assert report["bias_increase"]["value"] <= MOST_BIAS_INCREASE


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_model_of_unfair_labels_is_rejected(seed, analysed):
    report = analysed(unfair(people(MANY_ROWS, seed=seed), column="sex", value="Female")).report
    assert report["bias_increase"]["value"] > MOST_BIAS_INCREASE
    assert "sex=Female" in report["bias_increase"]["message"]


def test_a_model_that_was_trained_on_other_labels_than_those_of_the_test_is_rejected(analysed):
    clean = people(ROWS, seed=0)
    report = analysed(
        clean, trained_on=unfair(clean, column="race", value="Black", share=1.0)
    ).report
    assert report["bias_increase"]["value"] > MOST_BIAS_INCREASE
    assert "race=Black" in report["bias_increase"]["message"]


@pytest.mark.slow
@pytest.mark.real_data
def test_the_published_rows_are_allowed_and_unfair_ones_are_not(real_data, analysed):
    source = real_data / "census" / "adult.csv"
    published = read_csv(source.read_bytes(), SCHEMA, source=source.name)
    assert analysed(published).report["bias_increase"]["value"] <= 0
    lowered = unfair(published, column="race", value="Black", share=0.5)
    assert analysed(lowered).report["bias_increase"]["value"] > MOST_BIAS_INCREASE


def test_the_report_has_the_format_of_clarify(small):
    """Source: clarify-processing-job-analysis-results.html of the SageMaker Developer Guide."""
    report = small.report
    names = {
        "pre_training": {"CDDL", "CI", "DPL", "JS", "KL", "KS", "LP", "TVD"},
        "post_training": {
            *("AD", "CDDPL", "DAR", "DCA", "DCR", "DI", "DPPL", "DRR", "FT", "GE", "RD", "SD"),
            "TE",
        },
    }
    for stage, expected in names.items():
        section = report[f"{stage}_bias_metrics"]
        assert (section["label"], section["label_value_or_threshold"]) == (TARGET, HIGH)
        assert list(section["facets"]) == ["sex", "race"]
        (women,) = section["facets"]["sex"]
        assert women["value_or_threshold"] == "Female"
        found = {metric["name"]: metric for metric in women["metrics"]}
        assert list(found) == sorted(expected)
        assert {frozenset(metric) for metric in women["metrics"]} == {
            frozenset({"name", "description", "value"})
        }
    shap = report["explanations"]["kernel_shap"]["label0"]
    assert list(shap) == ["global_shap_values", "expected_value"]
    assert shap["global_shap_values"].keys() == {*SCHEMA.names} - {
        *("fnlwgt", "education.num", TARGET)
    }


def test_the_contributions_of_the_columns_add_up_to_the_log_odds(small, rows):
    model = read_model(small.model)
    explanation = model.explain(rows)
    log_odds = sum(explanation.values.values()) + explanation.expected
    chance = model.probability(rows)
    assert log_odds == pytest.approx(np.log(chance / (1 - chance)), abs=1e-3)


def test_rows_without_a_facet_are_refused(analysed, rows):
    men = rows.filter(pa.array(rows["sex"].to_numpy() == "Male"))
    with pytest.raises(DataError, match=r"column sex: 0 of \d+ rows are 'Female', so bias cannot"):
        analysed(men)
