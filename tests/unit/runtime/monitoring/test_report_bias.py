"""bias.json: an unfair model breaches the limits, chance does not; and the formats of AWS.

Violations: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html
Metrics: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-cw.html
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.census.sample_data.people import people
from pipeline_code.census_monitor.monitored import MONITORED as CENSUS
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.model_analysis import bias_of
from pipeline_code.runtime.monitoring import report_bias
from pipeline_code.runtime.monitoring.bias_drift import BiasLimits
from pipeline_code.runtime.monitoring.labelled import (
    Joined,
    LabelledRow,
    PredictedRow,
    write_for_bias,
    write_labelled,
)
from pipeline_code.runtime.monitoring.report_bias import bias_report, metrics_of
from stacks.pipeline.quality_limits import limits_of
from tests.definitions import definition
from tests.unit.job import JOB_ARN

# The defaults of the parameters.
LIMITS = BiasLimits(tolerance=0.02, false_alarm_rate=0.01)
LEAST, ROWS = 100, 1_000
SEEDS = range(10)


@pytest.fixture(autouse=True)
def pipeline(monkeypatch):
    monkeypatch.setenv("PIPELINE", "redline-test-served")


def fair(seed, *, rows=ROWS):
    """People, and the probabilities of a model that is right with nine of ten."""
    table = people(rows, seed=seed)
    truth = CENSUS.dataset.labels(table)
    wrong = np.random.default_rng(seed).random(len(truth)) < 0.1
    return table, np.where(truth ^ wrong, 0.9, 0.1)


def refusing(table, predicted, *, column="sex", value="Female"):
    """The same model, which predicts no high income for one group."""
    return np.where(np.asarray(table[column]) == value, 0.1, predicted)


def requests(table, predicted):
    """Rows of census as requests with predictions."""
    columns = CENSUS.requests.names
    return [
        PredictedRow(float(p), {name: str(row[name]) for name in columns})
        for row, p in zip(table.to_pylist(), predicted, strict=True)
    ]


def labelled(table, predicted):
    return [
        LabelledRow(each.prediction, each.row, label)
        for each, label in zip(requests(table, predicted), table["income"].to_pylist(), strict=True)
    ]


@pytest.fixture(scope="module")
def baseline():
    """The analysis.json of the version: the same model on its test rows."""
    table, predicted = fair(99, rows=5_000)
    measured = bias_of(CENSUS.dataset, CENSUS.bias, table, predicted)
    return {"version": "1.0", "dataset": {"item_count": table.num_rows}, **measured}


def report_of(rows, unlabelled=(), *, baseline=None, limits=LIMITS):
    return bias_report(CENSUS, rows, unlabelled, baseline=baseline, least=LEAST, limits=limits)


def violated(report):
    assert report["bias_drift"]["outcome"] == "Compared"
    return {(each["facet"], each["metric_name"]) for each in report["bias_drift"]["violations"]}


@pytest.mark.slow
def test_an_unfair_model_breaches_the_limits_and_chance_does_not(baseline):
    limits = limits_of(definition("census", bias="checked"), {})
    (limit,) = [each.threshold for each in limits if each.is_bias]
    for seed in SEEDS:
        table, predicted = fair(seed)
        clean = report_of(labelled(table, predicted), baseline=baseline)
        assert clean["bias_increase"]["value"] <= limit
        assert violated(clean) == set(), seed
        unfair = report_of(labelled(table, refusing(table, predicted)), baseline=baseline)
        assert unfair["bias_increase"]["value"] > limit
        assert ("sex", "RD") in violated(unfair), seed


@pytest.mark.slow
def test_without_labels_an_unfair_model_is_found_by_its_predictions(baseline):
    for seed in SEEDS:
        table, predicted = fair(seed)
        assert violated(report_of([], requests(table, predicted), baseline=baseline)) == set()
        unfair = requests(table, refusing(table, predicted))
        report = report_of([], unfair, baseline=baseline)
        assert violated(report) == {("sex", "DPPL")}, seed


@pytest.mark.slow
@pytest.mark.parametrize("rows", [LEAST, 3 * LEAST])
def test_small_windows_raise_no_alarm(rows, baseline):
    for seed in SEEDS:
        table, predicted = fair(seed, rows=rows)
        drift = report_of(labelled(table, predicted), baseline=baseline)["bias_drift"]
        assert drift["outcome"] in ("Compared", "TooFewRows")
        assert drift.get("violations", []) == []
        # Black persons with a high income are too few for a share.
        assert "race Black RD" in drift["too_few_rows"]


def test_the_violations_have_the_format_of_clarify(baseline):
    table, predicted = fair(0)
    report = report_of(labelled(table, refusing(table, predicted)), baseline=baseline)
    found = {each["metric_name"]: each for each in report["bias_drift"]["violations"]}
    assert set(found["RD"]) == {
        *("facet", "facet_value", "metric_name", "constraint_check_type", "description"),
    }
    assert found["RD"]["facet_value"] == "Female"
    assert found["RD"]["constraint_check_type"] == "bias_drift_check"
    assert "does not meet the constraint requirement: the baseline is" in found["RD"]["description"]


def test_violations_are_metrics_with_the_names_of_model_monitor(baseline):
    table, predicted = fair(0)
    report = report_of(labelled(table, refusing(table, predicted)), baseline=baseline)
    metrics = {each["MetricName"]: each for each in metrics_of(report, CENSUS)}
    drifted = report["bias_drift"]["drifted_bias_metrics"]["value"]
    assert metrics["DriftedBiasMetrics"]["Value"] == drifted == len(violated(report))
    assert metrics["DriftedBiasMetrics"]["Dimensions"] == [
        {"Name": "Pipeline", "Value": "redline-test-served"}
    ]
    recall = metrics["bias_metric_RD"]
    assert {each["Name"]: each["Value"] for each in recall["Dimensions"]} == {
        "Pipeline": "redline-test-served",
        "BiasStage": "Post-Training",
        "Label": "income",
        "LabelValue": ">50K",
        "Facet": "sex",
        "FacetValue": "Female",
    }
    assert metrics["bias_increase"]["Value"] == report["bias_increase"]["value"]


def test_a_larger_tolerance_allows_the_change(baseline):
    table, predicted = fair(0)
    rows = labelled(table, refusing(table, predicted))
    allowed = replace(LIMITS, tolerance=1.0)
    assert violated(report_of(rows, baseline=baseline, limits=allowed)) == set()


def test_less_bias_than_in_the_baseline_is_no_violation(baseline):
    table, predicted = fair(0)
    rows = labelled(table, refusing(table, predicted))
    more = json.loads(json.dumps(baseline))
    for stage in ("pre_training", "post_training"):
        for entries in more[f"{stage}_bias_metrics"]["facets"].values():
            for each in entries[0]["metrics"]:
                each["value"] = -1.0
    assert violated(report_of(rows, baseline=more)) == set()


@pytest.mark.parametrize("women", [50, 2_500])
def test_the_error_counts_the_rows_of_each_group_of_the_baseline(women, baseline):
    table, predicted = fair(0)
    other = json.loads(json.dumps(baseline))
    entries = other["pre_training_bias_metrics"]["facets"]["sex"]
    (imbalance,) = [each for each in entries[0]["metrics"] if each["name"] == "CI"]
    of_baseline = {"Female": women, "Male": 5_000 - women}
    imbalance["value"] = 1 - 2 * women / 5_000
    drift = report_of(labelled(table, predicted), baseline=other)["bias_drift"]
    (found,) = [
        each["standard_error"]
        for each in drift["compared"]
        if (each["facet"], each["metric_name"]) == ("sex", "DPPL")
    ]
    variance = 0.0
    for sex, rows in of_baseline.items():
        chosen = predicted[np.asarray(table["sex"]) == sex] > 0.5
        share = (chosen.sum() + 1) / (len(chosen) + 2)
        variance += share * (1 - share) * (1 / len(chosen) + 1 / rows)
    assert found == pytest.approx(variance**0.5)


def test_too_few_labels_leave_the_metrics_of_the_predictions(baseline):
    table, predicted = fair(0, rows=400)
    report = report_of(
        labelled(table.slice(0, 50), predicted[:50]),
        requests(table.slice(50), predicted[50:]),
        baseline=baseline,
    )
    assert (report["outcome"], report["dataset"]) == ("TooFewLabels", {"item_count": 400})
    assert report["reason"].startswith("50 rows have labels, and 100 are needed (MinLabels)")
    (women,) = report["post_training_bias_metrics"]["facets"]["sex"]
    assert [each["name"] for each in women["metrics"]] == ["CDDPL", "DI", "DPPL", "FT"]
    # The predictions take the place of the labels.
    (before,) = report["pre_training_bias_metrics"]["facets"]["sex"]
    values = {each["name"]: each["value"] for each in before["metrics"] + women["metrics"]}
    assert values["DPL"] == values["DPPL"]
    assert {each["metric_name"] for each in report["bias_drift"]["compared"]} == {"DPPL"}
    assert "bias_increase" not in {each["MetricName"] for each in metrics_of(report, CENSUS)}


def test_a_version_without_a_report_is_a_named_outcome():
    table, predicted = fair(0, rows=400)
    report = report_of(labelled(table, predicted))
    assert (report["outcome"], report["bias_drift"]) == ("Measured", {"outcome": "NoBaseline"})
    assert [each["MetricName"] for each in metrics_of(report, CENSUS)] == ["bias_increase"]


def test_groups_with_few_rows_are_a_named_outcome(baseline):
    table, predicted = fair(0, rows=60)
    report = report_of([], requests(table, predicted), baseline=baseline)
    drift = report["bias_drift"]
    assert (drift["outcome"], drift["too_few_rows"]) == (
        "TooFewRows",
        ["sex Female DPPL", "race Black DPPL"],
    )
    assert list(metrics_of(report, CENSUS)) == []


def test_the_increase_is_not_that_of_a_group_with_few_rows():
    table, predicted = fair(0)
    rows = labelled(table, refusing(table, predicted))
    women = [row for row in rows if row.row["sex"] == "Female"]
    men = [row for row in rows if row.row["sex"] == "Male"]
    increase = {}
    for count in (1, 29, 30):
        # The same predictions of one woman have no variance, so chance would explain no increase.
        report = report_of([*men, *women[:count]])
        assert report["outcome"] == "Measured"
        increase[count] = report["bias_increase"]["message"]
    assert [each.split(":")[0] for each in increase.values()] == [
        *["Facet race=Black"] * 2,
        "Facet sex=Female",
    ]


def test_no_increase_is_measured_if_each_facet_has_few_rows(baseline):
    table, predicted = fair(0)
    rows = labelled(table, predicted)
    men = [r for r in rows if r.row["sex"] == "Male" and r.row["race"] != "Black"]
    others = [r for r in rows if r.row["sex"] == "Female" and r.row["race"] == "Black"]
    report = report_of([*men, *others[:5]], baseline=baseline)
    assert (report["outcome"], report["bias_drift"]["outcome"]) == ("Measured", "TooFewRows")
    assert "bias_increase" not in report
    assert list(metrics_of(report, CENSUS)) == []


def test_requests_that_cannot_be_read_as_rows_do_not_hide_the_others(baseline):
    table, predicted = fair(0)
    rows = labelled(table, refusing(table, predicted))
    expected = report_of(rows, baseline=baseline)
    unread = LabelledRow(0.1, {}, rows[0].label)
    assert report_of([unread, *rows, unread], baseline=baseline) == expected
    report = report_of([unread] * LEAST, baseline=baseline)
    assert report["outcome"] == "NotMeasurable"
    assert "missing age" in report["reason"]


@pytest.mark.parametrize("dataset", [{}, {"dataset": {"item_count": 0}}])
def test_a_baseline_without_its_number_of_rows_has_no_error(dataset, baseline):
    without = {name: value for name, value in baseline.items() if name != "dataset"} | dataset
    report = report_of(labelled(*fair(0, rows=400)), baseline=without)
    assert report["bias_drift"] == {"outcome": "NoBaseline"}


def test_requests_without_a_facet_are_a_named_outcome(baseline):
    table, predicted = fair(0)
    rows = labelled(table, predicted)
    alike = [row for row in rows if (row.row["sex"], row.row["race"]) == ("Male", "White")]
    report = report_of(alike[:300], baseline=baseline)
    assert (report["outcome"], list(metrics_of(report, CENSUS))) == ("NotMeasurable", [])
    assert "column sex" in report["reason"]
    assert {each["facet"] for each in report["not_measurable"]} == {"sex", "race"}


def test_a_facet_without_rows_does_not_hide_the_others(baseline):
    table, predicted = fair(0)
    of_others = refusing(table, predicted, column="race", value="Black")
    men = [row for row in labelled(table, of_others) if row.row["sex"] == "Male"]
    report = report_of(men, baseline=baseline)
    ((facet, entries),) = report["post_training_bias_metrics"]["facets"].items()
    assert (report["outcome"], facet, len(entries)) == ("Measured", "race", 1)
    assert [each["facet_value"] for each in report["not_measurable"]] == ["Female"]
    assert "0 of" in report["not_measurable"][0]["reason"]
    assert {facet for facet, _ in violated(report)} == {"race"}


def test_rows_without_a_value_of_the_group_are_one_group():
    table, predicted = fair(0)
    place, name = table.schema.get_field_index("occupation"), "Sales"
    texts = table["occupation"].to_pylist()
    missing = pa.array([None if each == name else each for each in texts], pa.string())
    bias = replace(CENSUS.bias, features=lambda rows: {"age": np.ones((rows.num_rows, 1))})
    found = [
        bias_of(CENSUS.dataset, bias, rows, predicted)
        for rows in (table, table.set_column(place, "occupation", missing))
    ]
    assert name in texts
    assert found[0] == found[1]


def test_bias_must_be_declared():
    with pytest.raises(SettingError, match=r"monitored\.py declares none: add bias="):
        bias_report(replace(CENSUS, bias=None), [], [], baseline=None, least=LEAST, limits=LIMITS)


@pytest.mark.parametrize("compared", [True, False])
def test_the_job_writes_the_report_and_the_violations(compared, baseline, tmp_path, monkeypatch):
    variables = {
        "MONITOR_PACKAGE": "pipeline_code.census_monitor",
        "MIN_LABELS": str(LEAST),
        "MAX_BIAS_CHANGE": "0.02",
        "FALSE_ALARM_RATE": "0.01",
        "METRIC_NAMESPACE": "Redline",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    put = []
    monkeypatch.setattr(report_bias, "client", lambda *_: None)
    monkeypatch.setattr(report_bias, "put_metrics", lambda metrics, client: put.extend(metrics))
    (tmp_path / "config").mkdir()
    (tmp_path / "config/resourceconfig.json").write_text(
        json.dumps({"current_host": "algo-1", "hosts": ["algo-1"]})
    )
    described = {"ProcessingJobArn": JOB_ARN}
    (tmp_path / "config/processingjobconfig.json").write_text(json.dumps(described))
    job = Container(tmp_path)
    folder = job.processing_input("labelled")
    folder.mkdir(parents=True)
    table, predicted = fair(0)
    joined = Joined(rows=labelled(table, refusing(table, predicted)))
    write_labelled(joined, folder)
    write_for_bias(joined, baseline if compared else None, folder)
    report_bias.run(job)
    written = {
        path.name: json.loads(path.read_text()) for path in job.processing_output("bias").iterdir()
    }
    assert set(written) == {"bias.json", *(["constraint_violations.json"] if compared else [])}
    if compared:
        violations = written["constraint_violations.json"]
        assert violations["version"] == "1.0"
        assert violations["violations"] == written["bias.json"]["bias_drift"]["violations"] != []
    assert ("DriftedBiasMetrics" in {each["MetricName"] for each in put}) == compared
