"""With the real files, queries return the published result, and the gates accept the models."""

from __future__ import annotations

import csv

import pytest

from tests.integration.laptop import empty
from tests.shipped import on_the_laptop

pytestmark = [pytest.mark.laptop, pytest.mark.real_data]

PIPELINES = ("tickit", "census", "bank", "insurance")
ARTICLE = "pipeline_code/tickit/query_article.sql"


@pytest.fixture(scope="module")
def laptop(tmp_path_factory, real_data):
    """A laptop cloud of its own: a contract compares the data with those of approved versions."""
    with empty(tmp_path_factory.mktemp("real"), *on_the_laptop(*PIPELINES)) as laptop:
        yield laptop


@pytest.fixture(scope="module")
def loaded(laptop, real_data):
    """The output of the load of the real files."""
    return laptop.run("load", "--data", real_data).stdout


def test_tables_without_a_real_file_are_named(loaded):
    assert "users" in loaded
    assert "listing" in loaded


def test_the_articles_query_gives_the_published_rows(laptop, loaded, real_data, repository):
    rows = laptop.json("query", (repository / ARTICLE).read_text())
    with (real_data / "tickit" / "query_result.csv").open(newline="") as file:
        published = [
            (int(row["total_sold"]), int(row["venueid"]), int(row["catid"]), row["caldate"],
             row["holiday"] == "True")
            for row in csv.DictReader(file)
        ]  # fmt: skip
    found = [
        (row["total_sold"], row["venueid"], row["catid"], row["caldate"], row["holiday"])
        for row in rows
    ]
    assert sorted(found) == sorted(published)
    assert len(rows) == 8113
    assert sum(row["total_sold"] for row in rows) == 345_349


def test_the_model_of_the_real_data_explains_two_fifths(laptop, loaded):
    summary = laptop.json("start", "tickit")
    assert summary["status"] == "Succeeded"
    metrics = summary["metrics"]["EvaluationReport"]["regression_metrics"]
    assert metrics["r2"]["value"] >= 0.4
    assert summary["packages"][0]["approval_status"] == "PendingManualApproval"


LEAST = {"census": {"accuracy": 0.865, "auc": 0.925}, "bank": {"auc": 0.77}}


@pytest.mark.parametrize("pipeline", on_the_laptop(*LEAST))
def test_the_classifiers_of_the_real_data_are_good(laptop, loaded, pipeline):
    least = LEAST[pipeline]
    summary = laptop.json("start", pipeline)
    metrics = summary["metrics"]["EvaluationReport"]["binary_classification_metrics"]
    assert {
        name: metrics[name]["value"] >= value for name, value in least.items()
    } == dict.fromkeys(least, True)
    assert summary["status"] == "Succeeded"


@pytest.mark.parametrize("pipeline", on_the_laptop("insurance"))
def test_the_model_of_real_customers_finds_twice_as_many_buyers_as_chance(laptop, loaded, pipeline):
    summary = laptop.json("start", pipeline)
    assert summary["status"] == "Succeeded"
    metrics = summary["metrics"]["EvaluationReport"]["binary_classification_metrics"]
    assert metrics["lift"]["value"] >= 2
    assert metrics["confidence"]["value"] >= 0.999
    assert summary["packages"][0]["approval_status"] == "PendingManualApproval"
