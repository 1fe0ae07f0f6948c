"""The replacement of Model Monitor's analyzer: reports, distances and rejected settings."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.containers.model_monitor_analyzer import distance
from local_cloud.sagemaker.containers.model_monitor_analyzer.analysis import COMPLETED, main

IMAGE = "registry.example/sagemaker-model-monitor-analyzer"
CSV = json.dumps({"csv": {"header": True, "output_columns_position": "START"}})
# Six rows: an integer, a fraction with a missing value, a category.
SMALL = "size,price,kind\n1,0.5,a\n2,1.5,b\n2,,a\n3,2.5,a\n4,3.5,b\n6,4.5,a\n"


@pytest.fixture
def container(tmp_path, monkeypatch, capsys):
    """Analyse files. Return the exit code, the job's message and the reports by name."""

    def run(files, *, baseline=None, hosts=("algo-1",), **variables):
        opt_ml = tmp_path / f"ml-{len(list(tmp_path.iterdir()))}"
        (opt_ml / "config").mkdir(parents=True)
        resources = {"current_host": hosts[0], "hosts": list(hosts)}
        (opt_ml / "config/resourceconfig.json").write_text(json.dumps(resources))
        for name, content in files.items():
            path = opt_ml / "processing/input/dataset" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        settings = {
            "SAGEMAKER_BASE_DIR": str(opt_ml),
            "dataset_format": CSV,
            "dataset_source": str(opt_ml / "processing/input/dataset"),
            "output_path": str(opt_ml / "processing/output"),
            "publish_cloudwatch_metrics": "Disabled",
        }
        for name, document in (baseline or {}).items():
            path = opt_ml / f"processing/baseline/{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document))
            settings[f"baseline_{name}"] = str(path)
        with monkeypatch.context() as patch:
            for name, value in {**settings, **variables}.items():
                patch.setenv(name, value)
            code = main()
        capsys.readouterr()
        reports = {
            path.stem: json.loads(path.read_text())
            for path in (opt_ml / "processing/output").glob("*.json")
        }
        return code, (opt_ml / "output/message").read_text(), reports

    return run


def features(report):
    return {feature["name"]: feature for feature in report["features"]}


def baseline_of(reports):
    return {name: reports[name] for name in ("statistics", "constraints")}


def found(reports):
    violations = reports["constraint_violations"]["violations"]
    return {(each["feature_name"], each["constraint_check_type"]) for each in violations}


def test_statistics_equal_manually_computed_values(container):
    code, message, reports = container({"rows.csv": SMALL})
    assert (code, message) == (0, COMPLETED)
    assert set(reports) == {"statistics", "constraints"}
    statistics = reports["statistics"]
    assert (statistics["version"], statistics["dataset"]) == (0.0, {"item_count": 6})
    size = features(statistics)["size"]
    assert size["inferred_type"] == "Integral"
    figures = size["numerical_statistics"]
    assert figures["common"] == {"num_present": 6, "num_missing": 0}
    assert (figures["mean"], figures["sum"]) == (3.0, 18.0)
    assert (figures["min"], figures["max"]) == (1.0, 6.0)
    # The square root of (4 + 1 + 1 + 0 + 1 + 9) / 6.
    assert figures["std_dev"] == pytest.approx(math.sqrt(16 / 6))
    buckets = figures["distribution"]["kll"]["buckets"]
    assert [bucket["count"] for bucket in buckets] == [1, 0, 2, 0, 1, 0, 1, 0, 0, 1]
    assert (buckets[0]["lower_bound"], buckets[0]["upper_bound"]) == (1.0, 1.5)
    assert figures["distribution"]["kll"]["sketch"] == {
        "parameters": {"c": 0.64, "k": 2048.0},
        "data": [[1.0, 2.0, 2.0, 3.0, 4.0, 6.0]],
    }
    price = features(statistics)["price"]
    assert price["inferred_type"] == "Fractional"
    assert price["numerical_statistics"]["common"] == {"num_present": 5, "num_missing": 1}
    kind = features(statistics)["kind"]
    assert kind["inferred_type"] == "String"
    assert kind["string_statistics"] == {
        "common": {"num_present": 6, "num_missing": 0},
        "distinct_count": 2.0,
        "distribution": {
            "categorical": {"buckets": [{"value": "a", "count": 4}, {"value": "b", "count": 2}]}
        },
    }


def test_constraints_are_suggested_as_in_the_image(container):
    _, _, reports = container({"rows.csv": SMALL.replace("\n6,", "\n-6,")})
    constraints = reports["constraints"]
    assert features(constraints) == {
        "size": {
            "name": "size",
            "inferred_type": "Integral",
            "completeness": 1.0,
            "num_constraints": {"is_non_negative": False},
        },
        "price": {
            "name": "price",
            "inferred_type": "Fractional",
            "completeness": pytest.approx(5 / 6),
            "num_constraints": {"is_non_negative": True},
        },
        "kind": {
            "name": "kind",
            "inferred_type": "String",
            "completeness": 1.0,
            "string_constraints": {"domains": ["a", "b"]},
        },
    }
    config = constraints["monitoring_config"]
    assert config["datatype_check_threshold"] == config["domain_content_threshold"] == 1.0
    assert config["distribution_constraints"]["comparison_threshold"] == 0.1
    assert config["distribution_constraints"]["comparison_method"] == "Robust"


def test_text_with_many_values_has_no_categories(container):
    lines = "".join(f"2008-{1 + n % 12:02}-{1 + n % 28:02}\n" for n in range(200))
    _, _, reports = container({"rows.csv": f"day\n{lines}"})
    day = features(reports["statistics"])["day"]
    assert day["string_statistics"] == {
        "common": {"num_present": 200, "num_missing": 0},
        "distinct_count": 84.0,
        "distribution": day["string_statistics"]["distribution"],
    }
    many = "".join(f"name-{n % 121}\n" for n in range(242))
    _, _, reports = container({"rows.csv": f"name\n{many}"})
    name = features(reports["statistics"])["name"]["string_statistics"]
    assert (name["distinct_count"], "distribution" in name) == (121.0, False)
    assert "string_constraints" not in features(reports["constraints"])["name"]


def test_several_files_and_formats_are_one_dataset(container):
    head, *rows = SMALL.splitlines()
    first, second = "\n".join([head, *rows[:2]]), "\n".join([head, *rows[2:]])
    _, _, whole = container({"rows.csv": SMALL})
    _, _, parts = container({"part-algo-1.csv": first, "part-algo-2.csv": second, "e.csv": ""})
    assert parts == whole
    objects = [
        {"size": 1, "price": 0.5, "kind": "a"},
        {"size": 2, "price": None, "kind": "b"},
    ]
    lines = "".join(json.dumps(row) + "\n" for row in objects)
    _, _, read = container({"rows.jsonl": lines}, dataset_format='{"json": {"lines": true}}')
    types = [feature["inferred_type"] for feature in read["statistics"]["features"]]
    assert types == ["Integral", "Fractional", "String"]
    bare = '{"csv": {"header": false}}'
    _, _, read = container({"rows.csv": "1,a\n2,b\n"}, dataset_format=bare)
    assert list(features(read["statistics"])) == ["_c0", "_c1"]


def numbers(count, *, seed, mean=0.0):
    values = np.random.default_rng(seed).normal(loc=mean, size=count)
    return "value\n" + "".join(f"{value:.6f}\n" for value in values)


def test_an_equal_distribution_does_not_drift_and_a_different_one_does(container):
    _, _, reports = container({"rows.csv": numbers(1000, seed=1)})
    baseline = baseline_of(reports)
    _, message, same = container({"rows.csv": numbers(300, seed=2)}, baseline=baseline)
    assert (message, found(same)) == (COMPLETED, set())
    assert set(same) == {"statistics", "constraints", "constraint_violations"}
    _, message, other = container({"rows.csv": numbers(300, seed=2, mean=1.0)}, baseline=baseline)
    assert message == "CompletedWithViolations: Job completed successfully with 1 violations."
    assert found(other) == {("value", "baseline_drift_check")}
    (violation,) = other["constraint_violations"]["violations"]
    assert violation["description"].startswith("Baseline drift distance: 0.")
    assert violation["description"].endswith(" exceeds threshold: 0.1")


def test_a_few_rows_are_no_drift_except_with_the_simple_method(container):
    _, _, reports = container({"rows.csv": "value\n" + "".join(f"{n}\n" for n in range(100))})
    baseline = baseline_of(reports)
    few = {"rows.csv": "value\n95\n97\n99\n"}
    assert found(container(few, baseline=baseline)[2]) == set()
    config = baseline["constraints"]["monitoring_config"]["distribution_constraints"]
    config["comparison_method"] = "Simple"
    assert found(container(few, baseline=baseline)[2]) == {("value", "baseline_drift_check")}
    config["perform_comparison"] = "Disabled"
    assert found(container(few, baseline=baseline)[2]) == set()
    config["perform_comparison"] = "Enabled"
    own = {"distribution_constraints": {"comparison_threshold": 0.99}}
    baseline["constraints"]["features"][0]["monitoringConfigOverrides"] = own
    assert found(container(few, baseline=baseline)[2]) == set()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (SMALL.replace("2,1.5,b", "two,1.5,b"), {("size", "data_type_check")}),
        (SMALL.replace("2,1.5,b", "2.5,1.5,b"), {("size", "data_type_check")}),
        (SMALL.replace("2,1.5,b", ",1.5,b"), {("size", "completeness_check")}),
        (SMALL.replace("2,1.5,b", "2,1,b"), set()),
        (SMALL.replace("2,1.5,b", "2,1.5,c"), {("kind", "categorical_values_check")}),
        (
            "\n".join(line.rpartition(",")[0] for line in SMALL.splitlines()),
            {("kind", "missing_column_check")},
        ),
        (
            "\n".join(f"{line},1" for line in SMALL.splitlines()),
            {("1", "extra_column_check")},
        ),
    ],
)
def test_every_check_finds_only_its_violation(container, changed, expected):
    _, _, reports = container({"rows.csv": SMALL})
    _, _, checked = container({"rows.csv": changed}, baseline=baseline_of(reports))
    assert found(checked) == expected


def test_a_violation_contains_the_share_of_the_data(container):
    _, _, reports = container({"rows.csv": "size\n1\n2\n3\n4\n"})
    _, _, checked = container({"rows.csv": "size\n1\n2\n3\nx\n"}, baseline=baseline_of(reports))
    (violation,) = checked["constraint_violations"]["violations"]
    assert violation["description"] == (
        "Data type match requirement is not met. Expected data type: Integral, Expected match: "
        "100.0%. Observed: Only 75.00% of data is Integral."
    )


def test_a_category_that_becomes_frequent_drifts(container):
    _, _, reports = container({"rows.csv": "kind\n" + "a\n" * 700 + "b\n" * 300})
    shifted = {"rows.csv": "kind\n" + "a\n" * 200 + "b\n" * 300}
    _, _, checked = container(shifted, baseline=baseline_of(reports))
    (violation,) = checked["constraint_violations"]["violations"]
    # |200/500 - 700/1000| minus 1.8 times the square root of (500 + 1000) / (500 * 1000).
    expected = 0.3 - 1.8 * math.sqrt(1500 / 500_000)
    assert float(violation["description"].split()[3]) == pytest.approx(expected)


def test_the_distance_of_numbers_equals_a_manually_computed_value():
    first = distance.sketch_of([[1.0, 2.0, 3.0, 4.0]])
    second = distance.sketch_of([[3.0, 4.0, 5.0, 6.0]])
    assert distance.numeric_distance(first, second, robust=False) == 0.5
    assert distance.numeric_distance(first, first, robust=False) == 0.0
    # A value of the second level represents two numbers.
    weighted = distance.sketch_of([[1.0], [2.0]])
    assert weighted.count == 3
    assert (
        distance.numeric_distance(weighted, distance.sketch_of([[1.0, 2.0, 2.0]]), robust=False)
        == 0.0
    )


@pytest.mark.parametrize("count", [2048, 2049, 10_000, 100_000])
def test_a_sketch_of_many_numbers_keeps_their_distribution(count):
    values = np.random.default_rng(0).normal(size=count)
    levels = distance.sketch_levels(values)
    assert sum(map(len, levels)) <= 2 * distance.K
    sketch = distance.sketch_of(levels)
    assert sketch.count == count
    exact = distance.Sketch(np.sort(values), np.ones(count))
    apart = distance.numeric_distance(sketch, exact, robust=False)
    assert apart <= (1 / distance.K if count > distance.K else 0.0)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"dataset_format": '{"sagemakerCaptureJson": {}}'}, "sagemakerCaptureJson"),
        ({"dataset_format": ""}, "dataset_format is missing"),
        ({"analysis_type": "BIAS"}, "analysis_type BIAS"),
        ({"analysis_type": "MODEL_QUALITY"}, "problem_type is missing"),
        ({"record_preprocessor_script": "/opt/ml/x.py"}, "preprocessing scripts"),
        ({"publish_cloudwatch_metrics": "Enabled"}, "monitoring schedules"),
        ({"categorical_drift_method": "ChiSquared"}, "LInfinity only"),
        ({"baseline_constraints": "/opt/ml/constraints.json"}, "baseline_statistics is missing"),
        ({"hosts": ("algo-1", "algo-2")}, "InstanceCount 2"),
    ],
)
def test_unsupported_settings_are_refused_by_name(container, variables, expected):
    code, message, reports = container({"rows.csv": SMALL}, **variables)
    assert (code, reports) == (1, {})
    assert expected in message


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"rows.csv": "size,price\n"}, "no rows in 1 files"),
        ({"a.csv": "size\n1\n", "b.csv": "price\n1\n"}, "b.csv has the columns price, a.csv has"),
        ({"rows.csv": "size,price\n1\n"}, "rows.csv cannot be read"),
    ],
)
def test_unusable_data_is_reported(container, files, expected):
    code, message, _ = container(files)
    assert code == 1
    assert expected in message


def test_it_runs_as_a_processing_job_without_an_entry_point(workshop):
    data = workshop.put("rows/rows.csv", SMALL)
    request = workshop.processing("", outputs={"baseline": workshop.uri("baseline")})
    request["AppSpecification"] = {"ImageUri": IMAGE}
    request["ProcessingInputs"] = [workshop.processing_input("dataset", data)]
    request["Environment"] = {
        "dataset_format": CSV,
        "dataset_source": "/opt/ml/processing/input/dataset",
        "output_path": "/opt/ml/processing/output/baseline",
    }
    described = workshop.run_processing(request)
    assert described["ProcessingJobStatus"] == "Completed", described
    assert described["ExitMessage"] == COMPLETED
    assert workshop.keys("baseline") == ["baseline/constraints.json", "baseline/statistics.json"]
    assert json.loads(workshop.text("baseline/statistics.json"))["dataset"]["item_count"] == 6


def test_the_image_runs_no_other_command(workshop):
    request = workshop.processing("")
    request["AppSpecification"]["ImageUri"] = IMAGE
    with pytest.raises(ClientError, match="sagemaker-model-monitor-analyzer.ContainerEntrypoint"):
        workshop.sagemaker.create_processing_job(ProcessingJobName="job-other", **request)
