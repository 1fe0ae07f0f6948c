"""QualityCheck and ClarifyCheck steps: baselines, drift, and the registry.

The behaviour is that of the table in
https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-quality-clarify-baseline-lifecycle.html
"""

from __future__ import annotations

import json
import random

import pytest
from botocore.exceptions import ClientError

MONITOR = "registry.example/sagemaker-model-monitor-analyzer"
CLARIFY = "registry.example/sagemaker-clarify-processing:1.0"
CSV = json.dumps({"csv": {"header": True}})
FIRST = {"SkipCheck": True, "RegisterNewBaseline": True}
# Returns the size of a row, between 0 and 1, as the score of the row.
SCORES = """
def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return [line.split(",") for line in body.splitlines()]

def predict_fn(rows, model):
    return [float(row[0]) for row in rows]

def output_fn(scores, accept):
    return "".join(f"{score}\\n" for score in scores), accept
"""


def people(count=200, *, seed=1, unfair=0.0):
    """Rows of size, sex, sold. `unfair` lowers the share of sold rows of women."""
    generator = random.Random(seed)
    for _ in range(count):
        size, sex = generator.random(), generator.choice(["F", "M"])
        sold = size > 0.5 and not (sex == "F" and generator.random() < unfair)
        yield f"{size:.3f},{sex},{int(sold)}"


def text(rows, header="size,sex,sold"):
    return "\n".join([header, *rows]) + "\n"


class Checks:
    """Builds check steps in the bucket of a workshop."""

    def __init__(self, workshop):
        self.workshop = workshop

    def quality(self, name, rows, check="DATA_QUALITY", variables=None, **members):
        """A QualityCheck step over a CSV file with a header."""
        uri = self.workshop.put(f"{name}/rows/a.csv", rows)
        environment = {
            "dataset_format": CSV,
            "dataset_source": "/opt/ml/processing/input/baseline_dataset_input",
            "output_path": "/opt/ml/processing/output",
            "publish_cloudwatch_metrics": "Disabled",
            **(variables or {}),
        }
        dataset = self.workshop.processing_input("baseline_dataset_input", uri)
        arguments = self._arguments(name, MONITOR, [dataset], Environment=environment)
        return self.workshop.step(name, "QualityCheck", arguments, CheckType=check, **members)

    def clarify(self, name, rows, config, check="DATA_BIAS", **members):
        """A ClarifyCheck step over a CSV file with a header."""
        uri = self.workshop.put(f"{name}/rows/a.csv", rows)
        settings = {"dataset_type": "text/csv", "headers": ["size", "sex", "sold"], **config}
        config_uri = self.workshop.put(f"{name}/analysis_config.json", json.dumps(settings))
        inputs = [
            self.workshop.processing_input("config", config_uri),
            self.workshop.processing_input("data", uri),
        ]
        arguments = self._arguments(name, CLARIFY, inputs)
        return self.workshop.step(name, "ClarifyCheck", arguments, CheckType=check, **members)

    def _arguments(self, name, image, inputs, **more):
        output = {
            "OutputName": "result",
            "S3Output": {
                "S3Uri": self.workshop.uri(f"{name}/out"),
                "LocalPath": "/opt/ml/processing/output",
                "S3UploadMode": "EndOfJob",
            },
        }
        cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
        return {
            "RoleArn": self.workshop.role,
            "AppSpecification": {"ImageUri": image},
            "ProcessingResources": {"ClusterConfig": cluster},
            "ProcessingInputs": inputs,
            "ProcessingOutputConfig": {"Outputs": [output]},
            **more,
        }

    def run(self, *steps):
        return self.workshop.run(self.workshop.pipeline(list(steps)))

    def file(self, name, file):
        return json.loads(self.workshop.text(f"{name}/out/{file}"))

    def supplied(self, name):
        """The members of a step that supply the baseline of an earlier one."""
        return {
            f"SuppliedBaseline{part}": self.workshop.uri(f"{name}/out/{part.lower()}.json")
            for part in ("Statistics", "Constraints")
        }


@pytest.fixture
def checks(workshop):
    return Checks(workshop)


BIAS = {
    "label": "sold",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": ["F"]}],
    "methods": {"pre_training_bias": {"methods": "all"}, "report": {"name": "report"}},
}


def test_the_first_run_calculates_a_baseline_and_the_next_one_is_checked(checks):
    first = checks.run(checks.quality("First", text(people()), **FIRST))
    assert first.status == "Succeeded", first.reasons
    metadata = first.steps["First"]["Metadata"]["QualityCheck"]
    files = {part: checks.workshop.uri(f"First/out/{part}.json") for part in ("statistics",)}
    assert metadata["CalculatedBaselineStatistics"] == files["statistics"]
    assert metadata["BaselineUsedForDriftCheckStatistics"] == files["statistics"]
    assert (metadata["SkipCheck"], metadata["RegisterNewBaseline"]) == (True, True)
    assert "ViolationReport" not in metadata
    same = checks.quality("Same", text(people(seed=2)), **checks.supplied("First"))
    other = checks.quality(
        "Other", text(["9,F,1", "9,X,1"]), **checks.supplied("First"), FailOnViolation=False
    )
    second = checks.run(same, other)
    assert second.status == "Succeeded", second.reasons
    assert checks.file("Same", "constraint_violations.json") == {"violations": []}
    metadata = second.steps["Other"]["Metadata"]["QualityCheck"]
    assert metadata["ViolationReport"] == checks.workshop.uri(
        "Other/out/constraint_violations.json"
    )
    assert metadata["BaselineUsedForDriftCheckConstraints"] == checks.workshop.uri(
        "First/out/constraints.json"
    )
    assert metadata["CalculatedBaselineConstraints"] == checks.workshop.uri(
        "Other/out/constraints.json"
    )


def test_a_check_is_cached_until_one_of_its_flags_changes(checks):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-default-keys.html"""
    cache = {"CacheConfig": {"Enabled": True, "ExpireAfter": "1d"}}
    flags = FIRST | {"SkipCheck": {"Get": "Parameters.Skip"}}
    check = checks.quality("Check", text(people()), **flags, **cache)
    skip = {"Name": "Skip", "Type": "Boolean", "DefaultValue": True}
    pipeline = checks.workshop.pipeline([check], [skip])
    first, second = checks.workshop.run(pipeline), checks.workshop.run(pipeline)
    assert second.steps["Check"]["CacheHitResult"] == {"SourcePipelineExecutionArn": first.arn}
    assert second.steps["Check"]["Metadata"] == first.steps["Check"]["Metadata"]
    changed = checks.workshop.run(pipeline, {"Skip": "false"})
    assert "CacheHitResult" not in changed.steps["Check"]


def test_a_violation_fails_the_step_with_its_report(checks):
    checks.run(checks.quality("First", text(people()), **FIRST))
    outcome = checks.run(
        checks.quality("Second", text(["0.5,X,1", ",F,1"]), **checks.supplied("First"))
    )
    assert outcome.status_of("Second") == "Failed"
    assert "The check DATA_QUALITY found violations" in outcome.reasons["Second"]
    report = checks.workshop.uri("Second/out/constraint_violations.json")
    assert outcome.reasons["Second"].endswith(f"The report is {report}")
    found = checks.file("Second", "constraint_violations.json")["violations"]
    assert {each["constraint_check_type"] for each in found} >= {
        "completeness_check",
        "categorical_values_check",
    }


def test_baselines_are_registered_and_found_in_the_latest_approved_version(checks, make_archive):
    workshop = checks.workshop
    group = f"group-{workshop.bucket}"
    workshop.sagemaker.create_model_package_group(ModelPackageGroupName=group)
    data = workshop.put("model.tar.gz", make_archive({"name.txt": "a"}))

    def source(step, part, kind):
        uri = {"Get": f"Steps.{step}.{kind}{part}"}
        return {"ContentType": "application/json", "S3Uri": uri}

    container = {"Image": "registry.example/sagemaker-scikit-learn:1.9-0", "ModelDataUrl": data}
    kind = "BaselineUsedForDriftCheck"
    parts = ("Statistics", "Constraints")
    register = workshop.step(
        "Register",
        "RegisterModel",
        {
            "ModelPackageGroupName": group,
            "ModelApprovalStatus": "Approved",
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            "ModelMetrics": {
                "ModelDataQuality": {
                    part: source("Data", part, "CalculatedBaseline") for part in parts
                }
            },
            "DriftCheckBaselines": {
                "ModelDataQuality": {part: source("Data", part, kind) for part in parts},
                "Bias": {"PreTrainingConstraints": source("Bias", "Constraints", kind)},
            },
        },
    )
    first = checks.run(
        checks.quality("Data", text(people()), **FIRST),
        checks.clarify("Bias", text(people()), BIAS, **FIRST),
        register,
    )
    assert first.status == "Succeeded", first.reasons
    (version,) = workshop.sagemaker.list_model_packages(ModelPackageGroupName=group)[
        "ModelPackageSummaryList"
    ]
    described = workshop.sagemaker.describe_model_package(
        ModelPackageName=version["ModelPackageArn"]
    )
    used = described["DriftCheckBaselines"]["Bias"]["PreTrainingConstraints"]["S3Uri"]
    assert used == workshop.uri("Bias/out/analysis.json")
    in_group = {"ModelPackageGroupName": group}
    second = checks.run(
        checks.quality("Again", text(people(seed=2)), **in_group, RegisterNewBaseline=True),
        checks.clarify("SameBias", text(people()), BIAS, **in_group),
        checks.clarify("OtherBias", text(people(unfair=0.5)), BIAS, **in_group),
    )
    assert second.status_of("Again") == second.status_of("SameBias") == "Succeeded", second.reasons
    again = second.steps["Again"]["Metadata"]["QualityCheck"]
    assert again["BaselineUsedForDriftCheckStatistics"] == workshop.uri("Again/out/statistics.json")
    same = second.steps["SameBias"]["Metadata"]["ClarifyCheck"]
    assert same["BaselineUsedForDriftCheckConstraints"] == used
    assert f"violations of the baseline {used}" in second.reasons["OtherBias"]
    violations = checks.file("OtherBias", "constraint_violations.json")["violations"]
    assert {
        "facet": "sex",
        "facet_value": "F",
        "metric_name": "DPL",
        "constraint_check_type": "bias_drift_check",
    }.items() <= violations[0].items()


def test_a_check_without_a_previous_baseline_fails(checks):
    group = f"empty-{checks.workshop.bucket}"
    checks.workshop.sagemaker.create_model_package_group(ModelPackageGroupName=group)
    outcome = checks.run(checks.quality("Data", text(people(9)), ModelPackageGroupName=group))
    assert "The check DATA_QUALITY has no previous baseline" in outcome.reasons["Data"]
    assert group in outcome.reasons["Data"]


def test_the_quality_of_a_model_is_compared_with_its_baseline(checks):
    variables = {
        "analysis_type": "MODEL_QUALITY",
        "problem_type": "BinaryClassification",
        "probability_attribute": "size",
        "ground_truth_attribute": "sold",
    }
    first = checks.run(checks.quality("First", text(people()), "MODEL_QUALITY", variables, **FIRST))
    assert first.status == "Succeeded", first.reasons
    statistics = checks.file("First", "statistics.json")["binary_classification_metrics"]
    assert statistics["auc"]["value"] == 1.0
    second = checks.run(
        checks.quality(
            "Second",
            text(people(unfair=0.5)),
            "MODEL_QUALITY",
            variables,
            **checks.supplied("First"),
        )
    )
    assert "MODEL_QUALITY found violations" in second.reasons["Second"]
    found = checks.file("Second", "constraint_violations.json")["violations"]
    assert {"precision", "false_positive_rate"} <= {each["metric_name"] for each in found}


def test_the_bias_and_the_explanations_of_a_model_come_from_a_shadow_endpoint(checks, bench):
    predictor = {
        "instance_type": "ml.m5.large",
        "initial_instance_count": 1,
        "content_type": "text/csv",
        "accept_type": "text/csv",
    }
    bias = {
        **BIAS,
        "methods": {"post_training_bias": {"methods": ["DPPL", "AD"]}},
        "predictor": predictor,
        "probability_threshold": 0.5,
    }
    shap = {"baseline": [[0.0, "M"]], "num_samples": 10, "agg_method": "mean_abs"}
    explained = {"label": "sold", "methods": {"shap": shap}, "predictor": predictor}
    model = bench.model(code=SCORES)
    rows = text(people(60, unfair=1.0))
    outcome = checks.run(
        checks.clarify("Bias", rows, bias, "MODEL_BIAS", ModelName=model, **FIRST),
        checks.clarify(
            "Explain", rows, explained, "MODEL_EXPLAINABILITY", ModelName=model, **FIRST
        ),
    )
    assert outcome.status == "Succeeded", outcome.reasons
    facets = checks.file("Bias", "analysis.json")["post_training_bias_metrics"]["facets"]
    (women,) = facets["sex"]
    assert [metric["name"] for metric in women["metrics"]] == ["AD", "DPPL"]
    assert women["metrics"][0]["value"] > 0.3  # all women with a large size are wrong
    shap = checks.file("Explain", "analysis.json")["explanations"]["kernel_shap"]["label0"]
    assert shap["global_shap_values"]["size"] > 0.2
    assert shap["global_shap_values"]["sex"] == pytest.approx(0.0, abs=1e-9)
    local = checks.workshop.text("Explain/out/explanations_shap/out.csv").splitlines()
    assert local[0] == "size_label0,sex_label0"
    assert len(local) == 61
    assert checks.workshop.sagemaker.list_endpoints()["Endpoints"] == []


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"methods": {"pdp": {}}}, "methods.pdp: the laptop cloud supports only"),
        ({"dataset_type": "application/jsonlines"}, "dataset_type application/jsonlines"),
        ({"joinsource_name_or_index": 0}, "joinsource_name_or_index: the laptop cloud does not"),
        ({"label": "price"}, "the dataset has no column 'price'; it has size, sex, sold"),
        ({"headers": ["a"]}, "a.csv has 3 columns, but headers has 1"),
    ],
)
def test_what_is_not_supported_fails_the_job_by_name(checks, config, reason):
    outcome = checks.run(checks.clarify("Bias", text(people(9)), BIAS | config, **FIRST))
    assert reason in outcome.reasons["Bias"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"CheckType": "DATA_BIAS"}, "CheckType"),
        ({"SkipCheck": "yes"}, "SkipCheck"),
        ({"SkipCheck": True, "RegisterNewBaseline": False}, "RegisterNewBaseline"),
        ({}, "SkipCheck"),
        ({"Baseline": "x", **FIRST}, "unknown field"),
    ],
)
def test_an_invalid_step_is_refused_by_name(checks, members, message):
    step = checks.quality("Data", text(people(9))) | members
    with pytest.raises(ClientError) as raised:
        checks.run(step)
    assert message in raised.value.response["Error"]["Message"]


def test_a_property_that_does_not_exist_is_refused(checks):
    show = {"ErrorMessage": {"Get": "Steps.Data.CalculatedBaseline"}}
    with pytest.raises(ClientError) as raised:
        checks.run(
            checks.quality("Data", text(people(9)), **FIRST),
            checks.workshop.step("Show", "Fail", show),
        )
    assert "CalculatedBaselineStatistics" in raised.value.response["Error"]["Message"]
