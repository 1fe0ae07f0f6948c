"""The page of any execution: self-contained, accessible, and without empty parts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import html_pages
from execution_reader.execution import ChangedParameter
from execution_reader.gates import Gate
from run_report.page import page
from run_report.row_counts import row_counts
from tests.unit.run_report.sample_facts import CLASSIFIER, EVALUATION, Page, facts, job_cost, step

HOSTILE = "</style></pre><script>alert('x')</script><img src=x onerror=alert(1)>\x00\ud800"
PLOTS = {
    "error": "mae",
    "predicted_against_actual": {"edges": [0.0, 1.0, 2.0], "cells": [[0, 0, 5], [1, 1, 2]]},
    "residuals": {"edges": [-1.0, 0.0, 1.0], "counts": [3, 4]},
    "importance": {"size": 2.5, "kind": -0.1},
    "errors_by_group": {
        "kind": [
            {"value": "a", "rows": 30, "error": 1.5},
            {"value": None, "rows": 40, "error": 2.5},
        ]
    },
    "errors_over_time": {
        "column": "day",
        "periods": [
            {"from": "2008-01-01", "rows": 5, "error": 1.0},
            {"from": "2008-02-01", "rows": 5, "error": 2.0},
        ],
    },
}
OF_TARGETS = {
    "error": "relative_mae",
    "by_target": {
        name: {each: PLOTS[each] for each in ("predicted_against_actual", "residuals")}
        for name in ("price", "value")
    },
}
SEVERAL = {
    "dataset": {"item_count": 9},
    "multioutput_regression_metrics": {
        "rmse": {"value": 2.5, "standard_deviation": 0.1},
        "rmse_baseline": {"value": 5.5, "standard_deviation": 0.1},
    },
    "regression_metrics_by_target": {
        name: {"rmse": {"value": rmse}, "rmse_baseline": {"value": 9}}
        for name, rmse in (("price", 4.125), ("value", 0.875))
    },
}
CURVES = {
    "error": "log_loss",
    "roc": {"false_positive_rate": [0, 0.5, 1], "true_positive_rate": [0, 0.9, 1]},
    "precision_recall": {"recall": [0.5, 1], "precision": [1, 0.4], "share": 0.4},
    "calibration": [{"predicted": 0.1, "observed": 0.2, "rows": 10}],
    "lift": [{"rows": 0.5, "lift": 1.8}, {"rows": 1.0, "lift": 1.0}],
}


def shown(**changed) -> Page:
    return Page(page(facts(**changed)))


def documents(**outputs):
    return {f"Step/{name.replace('__', '/')}.json": value for name, value in outputs.items()}


DAYS = {
    "rows": "90",
    "unloaded_rows": "20",
    "kept_rows": "70",
    "message": "warehouse: 1 of 4 days (2008-01-02), 20 rows; lake: 3 of 4 days, 70 rows",
}
CASES = {
    "succeeded": {},
    "regression": {
        "documents": documents(evaluation__evaluation=EVALUATION, evaluation__plots=PLOTS)
    },
    "several targets": {
        "documents": documents(evaluation__evaluation=SEVERAL, evaluation__plots=OF_TARGETS)
    },
    "classification": {
        "documents": documents(evaluation__evaluation=CLASSIFIER, evaluation__plots=CURVES)
    },
    "failed": {
        "status": "Failed",
        "failure_reason": "Step failure",
        "steps": (step("Train", "Failed", reason="no rows", log=("line 1", "line 2")),),
        "gates": (),
        "documents": {},
        "properties": {},
        "parameters": (),
        "package": None,
    },
    "incremental": {"steps": (step("Extract", type="Lambda", outputs=DAYS),)},
    "running": {"status": "Executing", "ended": None, "package": None},
    "nothing": {
        **{"status": "Stopped", "steps": (), "gates": (), "documents": {}, "properties": {}},
        **{"parameters": (), "package": None, "started_by": None, "costs": ()},
    },
}
every_case = pytest.mark.parametrize("case", CASES)


@every_case
def test_nothing_is_loaded_and_no_script_runs(case):
    found = shown(**CASES[case])
    for tag, attributes in found.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
        assert {"src", "srcset", "data", "action"}.isdisjoint(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("href", "#").startswith("#")
    style = (Path(html_pages.__file__).parent / "style.css").read_text()
    assert not re.search(r"url\(|@import|expression", style)
    (policy,) = [each["content"] for each in found.all("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none'")


@every_case
def test_headings_are_in_order_and_tables_have_captions(case):
    found = shown(**CASES[case])
    names = [tag for tag, _ in found.tags]
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert names.count("caption") == names.count("table")
    assert all(each.get("scope") for each in found.all("th"))
    assert all(each.get("aria-label") for each in found.all("svg"))
    targets = {each["id"] for each in found.all("h2")}
    assert {each["href"] for each in found.all("a")} == {f"#{target}" for target in targets}


@every_case
def test_what_scrolls_is_reached_with_the_keyboard(case):
    found = shown(**CASES[case])
    scrolling = [*found.all("pre"), *[x for x in found.all("div") if x.get("class") == "scroll"]]
    for each in scrolling:
        assert (each["tabindex"], each["role"]) == ("0", "region")
        assert each["aria-label"]


def test_every_text_is_escaped():
    hostile_documents = json.loads(
        json.dumps(
            documents(
                evaluation__evaluation={
                    **EVALUATION,
                    "regression_metrics": {HOSTILE: {"value": 1}},
                },
                evaluation__plots={
                    **PLOTS,
                    "importance": {HOSTILE: 1.0},
                    "errors_by_group": {HOSTILE: [{"value": HOSTILE, "rows": 1, "error": 1.0}]},
                },
                contract__profile={
                    "rows": 2,
                    "columns": {
                        HOSTILE: {"kind": "text", "least": HOSTILE, "buckets": {HOSTILE: [2, 0]}}
                    },
                },
                contract__contract={
                    "verdict": "rejected",
                    "failed": [
                        {"rule": HOSTILE, "column": HOSTILE, "value": HOSTILE, "limit": HOSTILE}
                    ],
                },
            )
        )
    )
    compared = replace(facts().gates[0].comparisons[0], message=HOSTILE)
    found = shown(
        display_name=HOSTILE,
        started_by=HOSTILE,
        failure_reason=HOSTILE,
        environment=HOSTILE,
        status="Failed",
        steps=(step(HOSTILE, "Failed", reason=HOSTILE, log=(HOSTILE,)),),
        gates=(Gate(step=HOSTILE, outcome=False, comparisons=(compared,)),),
        documents=hostile_documents,
        properties={"query_sha256": HOSTILE, "code_key": HOSTILE},
        costs=(job_cost(HOSTILE, 1.0, 60, type=HOSTILE),),
    )
    assert found.all("script") == found.all("img") == []
    assert found.text.count("<script>alert('x')</script>") >= 12
    assert "\x00" not in found.html
    found.html.encode()


def test_the_model_is_next_to_the_approved_model_and_the_baseline():
    found = shown()
    assert "Approved model, version 7" in found.text
    assert "rmse 10.61 0.3227 11.5 22.92" in found.text
    assert "Approved model" not in shown(**CASES["classification"]).text


def test_each_of_several_targets_has_its_metrics_and_plots():
    text = shown(**CASES["several targets"]).text
    assert "Metrics of each target" in text
    for expected in ("2.5", "5.5", "4.125", "0.875", "price: Residuals", "value: Residuals"):
        assert expected in text


def test_the_cost_names_the_jobs_whose_cost_is_unknown():
    short, unknown = job_cost("Check", 0.6, 0.1), job_cost("Score", None, 60)
    text = shown(costs=(job_cost("Train", 0.6, 1800, count=2), short, unknown)).text
    assert "$0.6000 for the instances of the jobs, and 1 of 3 jobs with an unknown cost." in text
    assert "Check 1 × ml.m5.large 0.1 s < $0.0001" in text
    assert "Train 2 × ml.m5.large 30 min 0 s $0.6000 Check" in text
    assert "Score 1 × ml.m5.large 1 min 0 s –" in text


def test_a_run_that_had_nothing_to_do_says_so():
    compared = replace(facts().gates[0].comparisons[0], message="no new data since version 7")
    gate = Gate(step="HasNewData", outcome=False, comparisons=(compared,))
    found = shown(package=None, gates=(gate,))
    assert found.text.count("no new data since version 7") == 2


def test_a_rejected_run_says_which_gate_rejected_it_and_by_how_much():
    gate = facts().gates[0]
    missed = gate.comparisons[0].__class__(**{**vars(gate.comparisons[0]), "margin": -0.363})
    found = shown(
        status="Failed",
        package=None,
        gates=(Gate(step="CheckError", outcome=False, comparisons=(missed,)),),
        steps=(step("RejectModel", "Failed", reason="The model is not good enough"),),
    )
    assert "The gate CheckError rejected the run." in found.text
    assert "does not hold" in found.text
    assert "−0.363" in found.text
    assert "The model is not good enough" in found.text


def test_a_failed_run_has_the_reason_and_the_last_log_lines():
    found = shown(**CASES["failed"])
    assert "The step Train failed." in found.text
    assert "no rows" in found.text
    assert "line 1\nline 2" in "".join(found.words)


def test_what_a_run_does_not_have_is_not_shown():
    found = shown(**CASES["nothing"])
    assert found.all("h2") == found.all("table") == found.all("svg") == found.all("nav") == []
    assert "Started by" not in found.text


def test_rows_of_several_instances_are_added_up():
    found = shown()
    assert "read 10" in found.text
    assert "train 8 (80 %)" in found.text


def test_the_lineage_has_the_digests_as_far_as_the_run_came():
    text = shown().text
    for digest in ("ab", "cd", "ef"):
        assert digest * 32 in text
    failed = shown(**{**CASES["failed"], "properties": {"code_key": "demand/code.zip"}}).text
    assert "demand/code.zip" in failed
    assert "SHA-256" not in failed


@pytest.mark.parametrize("case", ["regression", "classification"])
def test_each_kind_of_model_has_its_plots(case):
    titles = shown(**CASES[case]).text
    expected = {
        "regression": [
            "Predicted against actual",
            "Residuals",
            "Error over time",
            "mae by kind",
            "(missing)",
        ],
        "classification": ["ROC", "Precision and recall", "Calibration", "Lift", "Confusion"],
    }
    assert [title for title in expected[case] if title not in titles] == []


def test_the_page_of_a_running_execution_has_the_time_at_which_it_was_read():
    found = shown(**CASES["running"])
    assert "Read 2026-01-02 03:05:25 UTC" in found.text
    assert "1 min 20 s" in found.text


@pytest.mark.parametrize(("default", "shown"), [(True, "true"), (10_000, "10000"), (None, "–")])
def test_the_default_of_a_parameter_is_shown_as_in_the_definition(default, shown):
    changed = ChangedParameter("MaxRows", "7", default)
    assert f"MaxRows 7 {shown}" in Page(page(facts(parameters=(changed,)))).text


def test_rows_and_days_of_the_lake_are_distinguished_from_unloaded_ones():
    run = facts(**CASES["incremental"])
    counts = row_counts(run)
    assert (counts["Extract (unloaded)"], counts["Extract (from the lake)"]) == (20, 70)
    assert f"Extract: {DAYS['message']}." in page(run)


def test_all_rows_of_another_extraction_are_unloaded():
    counts = row_counts(facts(steps=(step("Extract", outputs={"rows": "90"}),)))
    assert counts["Extract (unloaded)"] == 90
    assert "Extract (from the lake)" not in counts
