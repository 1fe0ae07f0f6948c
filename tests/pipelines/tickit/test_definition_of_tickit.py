"""tickit's definition: the golden text, and the required properties."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from local_cloud.definition_rules.document import references_of, steps_of
from local_cloud.definition_rules.properties import find_property
from local_cloud.definition_rules.targets import EXECUTION_ID, parse_target
from pipeline_code.compiler.lint import lint
from tests.definitions import definition
from tests.unit.golden import as_text, check_golden

GOLDEN = Path(__file__).parent / "golden" / "tickit.json"

OWN_PARAMETERS = {
    "ProcessingInstanceType": "String",
    "ProcessingInstanceCount": "Integer",
    "TrainingInstanceType": "String",
    "TrainingInstanceCount": "Integer",
    "InferenceInstanceType": "String",
    "ModelApprovalStatus": "String",
    "MaxErrorRatio": "Float",
}


def without_query(body, query):
    """Return the body as text, with the query and its hash replaced by their names."""
    text = as_text(body)
    text = text.replace(json.dumps(query), '"(the text of query.sql)"')
    return text.replace(hashlib.sha256(query.encode()).hexdigest(), "the SHA-256 of query.sql")


PROFILES = "Steps.CheckData.ProcessingOutputConfig.Outputs['contract'].S3Output.S3Uri"


def branches(gate):
    """Return the names of the steps of both branches of a gate."""
    return [[step["Name"] for step in gate.arguments[side]] for side in ("IfSteps", "ElseSteps")]


@pytest.fixture(scope="session")
def tickit():
    return definition("tickit")


@pytest.fixture(scope="session")
def query(repository):
    return (repository / "pipeline_code" / "tickit" / "query.sql").read_text().strip()


@pytest.fixture(scope="session")
def steps(tickit):
    return {step.name: step for step in steps_of(tickit.body)}


def test_the_definition_is_the_golden_one(tickit, query):
    check_golden(without_query(tickit.body, query), GOLDEN)


def test_no_registry_host_is_in_the_definition(tickit):
    assert "amazonaws" not in json.dumps(tickit.body)


def test_the_linter_finds_nothing(tickit):
    assert lint(tickit.body) == []


def test_the_steps_and_their_branches(tickit, steps):
    assert [step["Name"] for step in tickit.body["Steps"]] == [
        "Preprocess",
        "CheckData",
        "HasValidData",
    ]
    assert branches(steps["HasValidData"]) == [
        ["Train", "Baseline", "Evaluate", "CheckError"],
        ["RejectData"],
    ]
    assert branches(steps["CheckError"]) == [["CreateModel", "RegisterModel"], ["RejectModel"]]


def test_the_rejection_names_rules_and_digest_and_the_command_that_accepts_the_data(steps):
    message = steps["RejectData"].arguments["ErrorMessage"]["Std:Join"]["Values"]
    paths = [
        each["Std:JsonGet"]["Path"]
        for each in message
        if isinstance(each, dict) and "Std:JsonGet" in each
    ]
    assert paths == ["message", "digest"]
    command = "make accept-data ENV={} PIPELINE=tickit DIGEST={} REASON='…'"
    text = "".join(each if isinstance(each, str) else "{}" for each in message)
    assert command in text


def test_parameters_are_what_a_start_may_vary_and_have_defaults(tickit):
    declared = tickit.body["Parameters"]
    assert {each["Name"]: each["Type"] for each in declared} == OWN_PARAMETERS
    assert all("DefaultValue" in each for each in declared)


def test_the_warehouse_is_read_by_a_sharded_data_set(steps, query):
    inputs = {item["InputName"]: item for item in steps["Preprocess"].arguments["ProcessingInputs"]}
    data_set = inputs["data"]["DatasetDefinition"]
    assert data_set["DataDistributionType"] == "ShardedByS3Key"
    assert data_set["LocalPath"] == "/opt/ml/processing/input/data"
    assert data_set["RedshiftDatasetDefinition"]["QueryString"] == query
    assert data_set["RedshiftDatasetDefinition"]["OutputFormat"] == "PARQUET"


def test_only_steps_that_depend_on_nothing_but_their_inputs_may_be_reused(steps):
    # The evaluation and the check of data also depend on the approved version.
    for name in ("Preprocess", "CheckData", "Evaluate"):
        assert "CacheConfig" not in steps[name].document
    for name in ("Train", "Baseline"):
        assert steps[name].document["CacheConfig"] == {"Enabled": True, "ExpireAfter": "P30D"}


def test_retries_are_for_faults_of_the_service_only(steps):
    def retried(name):
        policies = steps[name].document["RetryPolicies"]
        return {kind for policy in policies for kind in policy["ExceptionType"]}

    job = {"SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT", "SageMaker.JOB_INTERNAL_ERROR"}
    service = {"Step.SERVICE_FAULT", "Step.THROTTLING"}
    for name in ("Preprocess", "Train", "Baseline", "Evaluate"):
        assert retried(name) == job | service
    assert retried("CreateModel") == retried("RegisterModel") == service


@pytest.mark.parametrize("name", ["Preprocess", "Train", "Baseline", "Evaluate", "CreateModel"])
def test_jobs_and_models_are_isolated_in_the_vpc_and_tagged(steps, name):
    arguments = steps[name].arguments
    network = arguments.get("NetworkConfig", arguments)
    # The evaluation reads the approved model of the registry.
    assert network["EnableNetworkIsolation"] is (name != "Evaluate")
    assert len(network["VpcConfig"]["Subnets"]) == 2
    keys = [tag["Key"] for tag in arguments["Tags"]]
    assert keys == ["Project", "Pipeline", "Environment", "Owner", "CostCenter"]


@pytest.mark.parametrize("name", ["Preprocess", "Train", "Baseline", "Evaluate"])
def test_volumes_and_outputs_are_encrypted_and_time_is_limited(steps, name):
    arguments = steps[name].arguments
    resources = arguments.get("ResourceConfig") or arguments["ProcessingResources"]["ClusterConfig"]
    outputs = arguments.get("OutputDataConfig") or arguments["ProcessingOutputConfig"]
    key = {"Get": "Environment.KmsKeyArn"}
    assert (resources["VolumeKmsKeyId"], outputs["KmsKeyId"]) == (key, key)
    assert arguments["StoppingCondition"]["MaxRuntimeInSeconds"] > 0


def test_every_training_instance_gets_whole_channels(steps):
    channels = steps["Train"].arguments["InputDataConfig"]
    assert [channel["ChannelName"] for channel in channels] == ["code", "train"]
    kinds = {item["DataSource"]["S3DataSource"]["S3DataDistributionType"] for item in channels}
    assert kinds == {"FullyReplicated"}


def test_the_baseline_is_made_beside_the_training_by_what_the_image_itself_runs(steps):
    baseline = steps["Baseline"].arguments
    assert baseline["AppSpecification"] == {"ImageUri": {"Get": "Environment.ModelMonitorImageUri"}}
    (source,) = baseline["ProcessingInputs"]
    preprocess = "Steps.Preprocess.ProcessingOutputConfig.Outputs['baseline'].S3Output.S3Uri"
    assert source["S3Input"]["S3Uri"] == {"Get": preprocess}
    assert baseline["Environment"]["dataset_source"] == source["S3Input"]["LocalPath"]
    (output,) = baseline["ProcessingOutputConfig"]["Outputs"]
    assert baseline["Environment"]["output_path"] == output["S3Output"]["LocalPath"]
    assert "kept" in output["S3Output"]["S3Uri"]["Std:Join"]["Values"]
    for name in ("Train", "Evaluate"):
        assert "Steps.Baseline" not in json.dumps(steps[name].document)


def test_the_package_carries_the_baseline(steps):
    arguments = steps["RegisterModel"].arguments
    quality = arguments["ModelMetrics"]["ModelDataQuality"]
    assert arguments["DriftCheckBaselines"] == {"ModelDataQuality": quality}
    files = {name: quality[name]["S3Uri"]["Std:Join"]["Values"] for name in quality}
    baseline = "Steps.Baseline.ProcessingOutputConfig.Outputs['baseline'].S3Output.S3Uri"
    assert files == {
        "Statistics": [{"Get": baseline}, "statistics.json"],
        "Constraints": [{"Get": baseline}, "constraints.json"],
    }


def test_without_a_baseline_nothing_of_it_is_left(tickit):
    without = definition("tickit", baseline="none")
    assert list(without.manifest.image_uris) == ["SklearnImageUri"]
    assert lint(without.body) == []
    text = json.dumps(without.body)
    assert [word for word in ("aseline", "ModelMonitor", "DriftCheck") if word in text] == []
    kept = [step.document for step in steps_of(without.body) if step.name in ("Train", "Evaluate")]
    assert kept == [
        step.document for step in steps_of(tickit.body) if step.name in ("Train", "Evaluate")
    ]


def test_a_model_must_be_below_the_limit_and_not_worse_than_the_approved_one(steps):
    ratio, difference = steps["CheckError"].arguments["Conditions"]
    assert (ratio["Type"], difference["Type"]) == ("LessThanOrEqualTo", "GreaterThanOrEqualTo")
    assert difference["LeftValue"]["Std:JsonGet"]["Path"] == "champion_comparison.difference"
    assert difference["RightValue"] == 0.0


def test_the_rejection_names_the_numbers(steps):
    message = steps["RejectModel"].arguments["ErrorMessage"]["Std:Join"]["Values"]
    for condition in steps["CheckError"].arguments["Conditions"]:
        assert condition["LeftValue"] in message
    assert {"Get": "Parameters.MaxErrorRatio"} in message


REPORT = [
    *("s3:/", {"Get": "Environment.LakeBucket"}, "reports", "tickit"),
    *({"Get": EXECUTION_ID}, "report.html"),
]


def test_the_package_knows_where_it_comes_from(steps, query):
    assert steps["RegisterModel"].arguments["CustomerMetadataProperties"] == {
        "execution_id": {"Get": EXECUTION_ID},
        "query_sha256": hashlib.sha256(query.encode()).hexdigest(),
        "code_key": {"Get": "Environment.CodeKey"},
        "data_profile": {"Std:Join": {"On": "/", "Values": [{"Get": PROFILES}, "profile.json"]}},
        "model_sha256": {
            "Std:JsonGet": {
                "Path": "model.sha256",
                "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.EvaluationReport"},
            }
        },
        "run_report": {"Std:Join": {"On": "/", "Values": REPORT}},
    }


def test_creating_and_registering_wait_for_nothing_of_each_other(steps):
    for name, other in (("CreateModel", "RegisterModel"), ("RegisterModel", "CreateModel")):
        assert f"Steps.{other}" not in json.dumps(steps[name].document)


def test_every_property_exists_in_the_shape_that_the_service_describes(tickit, steps):
    targets = {parse_target(text) for _, text in references_of(tickit.body)} - {None}
    used = [t for t in targets if t.root == "Steps" and t.path[0] != "PropertyFiles"]
    assert "S3ModelArtifacts" in {target.path[-1] for target in used}
    for target in used:
        found = find_property(steps[target.name], target.path)
        assert (found.type, found.problem) == ("string", "")


def test_the_model_artifacts_are_those_that_training_describes():
    model = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
    response = model.operation_model("DescribeTrainingJob").output_shape
    artifacts = response.members["ModelArtifacts"].members["S3ModelArtifacts"]
    assert artifacts.type_name == "string"


def test_the_image_has_a_uri_in_every_region_of_the_sdk(tickit):
    uris = tickit.manifest.image_uris["SklearnImageUri"]
    assert set(tickit.manifest.image_uris) == {"SklearnImageUri", "ModelMonitorImageUri"}
    assert {"us-east-1", "eu-central-1", "cn-north-1"} <= set(uris)
    assert {uri.rpartition(":")[2] for uri in uris.values()} == {"1.9-0-cpu-py3"}
    assert all(region in uri for region, uri in uris.items())


def test_the_analyzer_has_a_uri_in_most_regions(tickit):
    uris = tickit.manifest.image_uris["ModelMonitorImageUri"]
    assert {"us-east-1", "eu-central-1", "cn-north-1"} <= set(uris)
    names = {uri.rpartition("/")[2] for uri in uris.values()}
    assert names == {"sagemaker-model-monitor-analyzer"}
    assert all(region in uri for region, uri in uris.items())
