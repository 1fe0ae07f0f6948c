"""Pipelines that use the workflow: their definitions, declared permissions, and errors."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import MODELS_OF, Manifest, Place
from pipeline_code.compiler.files import with_files
from pipeline_code.compiler.lint import lint
from pipeline_code.compiler.offline import go_offline

SCRIPT = Path(__file__).with_name("written_pipelines.py")
HELPERS = ("cluster", "ingests", "offline_pipeline_session", "serverless")
RUN = {"Get": "Execution.PipelineExecutionId"}
REPORT = ["s3:/", {"Get": "Environment.LakeBucket"}, "reports", "written", RUN, "report.html"]


@pytest.fixture(scope="module")
def written(repository):
    """Name -> body and manifest, or the error, of each function of written_pipelines.py."""
    names = re.findall(r"^def (\w+)\((?:role=\S+)?\):", SCRIPT.read_text(), re.MULTILINE)
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    go_offline(environment)
    child = subprocess.run(
        [sys.executable, SCRIPT, *(name for name in names if name not in HELPERS)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout)


def manifest(written, name):
    return Manifest.from_document(written[name]["manifest"])


def steps(written, name):
    assert "error" not in written[name], written[name]
    return {step.name: step for step in steps_of(written[name]["body"])}


def test_a_parameter_has_the_type_of_its_default(written):
    assert written["parameters_of_every_type"]["body"]["Parameters"] == [
        {"Name": "Text", "Type": "String", "DefaultValue": "a", "EnumValues": ["a", "b"]},
        {"Name": "Whole", "Type": "Integer", "DefaultValue": 2},
        {"Name": "Share", "Type": "Float", "DefaultValue": 0.5},
        {"Name": "Yes", "Type": "Boolean", "DefaultValue": True},
        {"Name": "No", "Type": "Boolean", "DefaultValue": False},
    ]


def test_a_parameter_may_be_asked_for_twice(written):
    (parameter,) = written["the_same_parameter_twice"]["body"]["Parameters"]
    assert parameter["Name"] == "A"


def test_a_comparison_with_a_metric_is_a_condition(written):
    found = steps(written, "every_comparison")["Gate"].arguments
    kinds = [condition["Type"] for condition in found["Conditions"]]
    assert kinds == [
        *("LessThanOrEqualTo", "LessThan", "GreaterThanOrEqualTo", "GreaterThan", "Equals"),
        *("GreaterThanOrEqualTo", "Or"),
    ]
    metric = {"Std:JsonGet": {"Path": "a.b", "PropertyFile": {"Get": FILE}}}
    assert found["Conditions"][0]["LeftValue"] == metric
    assert found["Conditions"][5] == {
        "Type": "GreaterThanOrEqualTo",
        "LeftValue": metric,
        "RightValue": 0.1,
    }
    message = found["ElseSteps"][0]["Arguments"]["ErrorMessage"]["Std:Join"]["Values"]
    assert message == ["", metric, " is too much"]
    declared = manifest(written, "every_comparison")
    needs = {need.step: need.execution for need in declared.steps}
    for step in ("Gate", "Reject"):
        assert needs[step].actions == ("kms:Decrypt", "s3:GetObject")
        assert needs[step].reads == (Place("kept", "written"),)


FILE = "Steps.Evaluate.PropertyFiles.EvaluationReport"


def test_each_file_of_an_output_is_declared_once(written):
    files = steps(written, "two_files_of_one_output")["Evaluate"].document["PropertyFiles"]
    assert [(each["PropertyFileName"], each["FilePath"]) for each in files] == [
        ("OtherReport", "other.json"),
        ("EvaluationReport", "evaluation.json"),
    ]


def test_branches_hold_their_steps_and_the_pipeline_the_rest(written):
    outer = written["nested_gates"]["body"]["Steps"]
    assert [step["Name"] for step in outer] == ["Evaluate", "Train", "Outer"]
    found = steps(written, "nested_gates")
    assert [child.name for child in found["Outer"].children] == ["Inner", "Low", "Bad"]
    assert [child.name for child in found["Inner"].children] == ["Host"]


def test_hyperband_compares_jobs_between_two_numbers_of_epochs(written):
    config = steps(written, "searches")["Tune"].arguments["HyperParameterTuningJobConfig"]
    assert config["Strategy"] == "Hyperband"
    assert config["StrategyConfig"] == {
        "HyperbandStrategyConfig": {"MinResource": 2, "MaxResource": 8}
    }


def test_an_automl_step_has_derived_permissions_and_its_best_model_can_be_read(written):
    found = steps(written, "searches")
    (channel,) = found["Search"].arguments["InputDataConfig"]
    assert channel["ContentType"] == "text/csv;header=present"
    assert channel["TargetAttributeName"] == "y"
    inputs = {each["InputName"]: each for each in found["Measure"].arguments["ProcessingInputs"]}
    best = "Steps.Search.BestCandidate.InferenceContainers[0].ModelDataUrl"
    assert inputs["model"]["S3Input"]["S3Uri"] == {"Get": best}
    report = "Steps.Search.BestCandidateProperties.ModelInsightsJsonReportPath"
    assert inputs["report"]["S3Input"]["S3Uri"] == {"Get": report}
    needs = {need.step: need for need in manifest(written, "searches").steps}
    assert (needs["Search"].role, needs["Search"].creates) == ("Training", "automl-job")
    assert "sagemaker:CreateAutoMLJob" in needs["Search"].execution.actions
    assert needs["Search"].writes_models
    assert needs["Search"].job.writes == (Place("kept", "written", "*/Search/model/"),)
    assert Place("kept", "written") in needs["Measure"].job.reads


def test_half_a_problem_is_refused(written):
    error = written["a_search_with_half_a_problem"]["error"]
    assert "problem_type None with objective 'MSE': allowed are both or none" in error


def test_every_step_may_depend_on_others(written):
    found = {
        name: each.document.get("DependsOn")
        for name, each in steps(written, "dependencies").items()
    }
    assert found == {
        "First": None,
        "Extract": ["First"],
        "Latest": ["Extract"],
        "Model": ["Latest"],
        "Train": ["First", "Model"],
        "Transform": ["First"],
        "Load": ["First"],
        "Describe": ["First"],
        "Check": ["First"],
        "Contract": ["First"],
        "RejectData": None,
        "Wait": ["First"],
        "Tell": ["Wait"],
        "Evaluate": None,
        "Gate": [{"Step": "First", "Trigger": "Any"}],
        "Stop": ["First"],
        "Last": ["Gate"],
    }


def test_a_transform_sends_whole_rows_and_writes_the_answers_alone(written):
    assert steps(written, "dependencies")["Transform"].arguments["DataProcessing"] == {
        "InputFilter": "$",
        "JoinSource": "None",
        "OutputFilter": "$",
    }


def test_a_job_may_use_what_it_is_given(written):
    job = manifest(written, "what_a_job_is_given").job("Processing")
    assert {"sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage"} <= set(job.actions)
    pointer = Place("kept", "written")
    assert set(job.reads) == {Place("kept", MODELS_OF), Place("captured", "another"), pointer}
    assert job.writes == (Place("kept", "written", "latest.json"),)
    assert job.namespaces == ("Ours",)
    assert job.images == ("OwnImage",)
    environment = manifest(written, "what_a_job_is_given").environment
    assert {"Anything", "OwnImage"} <= set(environment)


def test_each_incremental_extraction_has_a_folder_and_all_have_one_parameter(written):
    found = steps(written, "days_of_two_extractions")
    folders = [found[name].arguments["kept_uri"]["Std:Join"]["Values"][2:] for name in found]
    assert folders == [["extracted", "written", name, ""] for name in ("One", "Two")]
    (declared,) = written["days_of_two_extractions"]["body"]["Parameters"]
    assert declared["Name"] == "KeptDays"
    outputs = [each["OutputName"] for each in found["One"].document["OutputParameters"]]
    assert outputs[4:] == ["status", "unloaded_rows", "kept_rows", "message"]


def test_a_version_carries_the_digests_of_all_queries(written):
    properties = steps(written, "several_queries")["Register"].arguments
    assert properties["CustomerMetadataProperties"] == {
        "execution_id": RUN,
        "query_sha256": {
            "Std:Join": {
                "On": " ",
                "Values": [{"Get": "Digest.query.sql"}, {"Get": "Digest.query_of_sizes.sql"}],
            }
        },
        "code_key": {"Get": "Environment.CodeKey"},
        "model_sha256": {"Std:JsonGet": {"Path": "model.sha256", "PropertyFile": {"Get": FILE}}},
        "run_report": {"Std:Join": {"On": "/", "Values": REPORT}},
    }


def test_a_function_of_the_sdk_is_called_with_declared_rights(written):
    found = steps(written, "a_function_of_the_sdk")["Tell"]
    uri = "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri"
    assert found.arguments == {"uri": {"Get": uri}}
    assert found.document["DependsOn"] == ["Evaluate"]
    declared = manifest(written, "a_function_of_the_sdk")
    assert declared.functions == ("F",)
    assert "lambda:InvokeFunction" in declared.execution.actions


def test_a_job_of_the_sdk_has_the_declared_role_and_reads_its_inputs(written):
    found = steps(written, "a_job_of_the_sdk")["Job"]
    assert found.arguments["RoleArn"] == {"Get": "Environment.ProcessingRoleArn"}
    (job,) = [
        need.job for need in manifest(written, "a_job_of_the_sdk").steps if need.step == "Job"
    ]
    assert (job.reads, job.writes) == ((Place("kept", "written"),), (Place("runs", "written"),))
    assert {"ecr:BatchGetImage", "s3:PutObject"} <= set(job.actions)


def test_a_condition_of_the_sdk_takes_the_steps_of_its_branches(written):
    outer = written["a_condition_of_the_sdk"]["body"]["Steps"]
    assert [step["Name"] for step in outer] == ["Evaluate", "Gate"]
    needs = {need.step: need for need in manifest(written, "a_condition_of_the_sdk").steps}
    assert needs["Gate"].execution.reads == (Place("kept", "written"),)


def test_a_type_without_a_file_has_the_actions_that_are_given(written):
    declared = manifest(written, "a_type_with_declared_actions")
    assert declared.execution.actions == ("sagemaker:CreateEndpoint",)


def test_images_of_aws_and_of_the_environment(written):
    declared = manifest(written, "images_and_gpus")
    (name,) = declared.image_uris
    assert set(declared.images) == {name, "TrainerImageUri"}
    uri = declared.image_uris[name]["eu-central-1"]
    assert uri.endswith(".dkr.ecr.eu-central-1.amazonaws.com/pytorch-training:2.10.0-gpu-py313")


def test_the_image_of_a_dockerfile_has_the_packages_of_its_requirements(written):
    declared = manifest(written, "a_dockerfile_with_its_packages")
    assert declared.built_image.endswith("BuiltImageUri")
    assert declared.images == (declared.built_image,)
    assert (declared.image_uris, declared.wheels) == ({}, "")
    arguments = steps(written, "a_dockerfile_with_its_packages")["Run"].arguments
    image = {"Get": f"Environment.{declared.built_image}"}
    assert arguments["AppSpecification"]["ImageUri"] == image
    assert [each["InputName"] for each in arguments["ProcessingInputs"]] == ["code"]


def test_instances_with_local_storage_have_no_key(written):
    """SageMaker rejects VolumeKmsKeyId for them (API reference, ResourceConfig)."""
    found = steps(written, "images_and_gpus")
    assert "VolumeKmsKeyId" not in found["Train"].arguments["ResourceConfig"]
    assert "VolumeKmsKeyId" in found["Predict"].arguments["TransformResources"]
    cluster = found["Evaluate"].arguments["ProcessingResources"]["ClusterConfig"]
    assert "VolumeKmsKeyId" in cluster


@pytest.mark.parametrize(
    "name",
    ["every_comparison", "nested_gates", "dependencies", "a_function_of_the_sdk"]
    + ["a_condition_of_the_sdk", "several_queries", "searches", "days_of_two_extractions"],
)
def test_what_is_written_may_be_deployed(written, name, repository):
    body = with_files(written[name]["body"], SCRIPT.parent / "written")
    assert [str(finding) for finding in lint(body)] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("another_parameter_of_a_name", "DefinitionError: parameter A has the default 2 here"),
        ("a_comparison_as_a_truth", "TypeError: the result of a comparison with a metric is"),
        ("a_metric_in_a_list", "TypeError: the result of a comparison with a metric is"),
        ("one_step_in_two_gates", "DefinitionError: step Stop cannot be in a branch of Second"),
        (
            "days_with_partitions",
            "ValueError: One: partition_by is .day., expected no",
        ),
        ("too_many_late_days", "ValueError: late_days is -1, expected 0 to 9999 days"),
        (
            "an_unknown_image",
            "DefinitionError: there is no image 'tensorflow': allowed are sklearn",
        ),
        ("an_unknown_version_of_an_image", r"version is '9.9': allowed is one of .*2\.10\.0"),
        ("an_unknown_framework", "framework is 'torch': allowed is one of .*pytorch, "),
        (
            "a_dockerfile_without_its_image",
            "Dockerfile is used by no step: set image=.Dockerfile.",
        ),
        ("the_image_of_no_dockerfile", 'image="Dockerfile": tmp.* has no Dockerfile: write it'),
        (
            "requirements_for_another_image",
            "image of the Pipeline, .*: allowed are sklearn, xgboost",
        ),
        ("requirements_that_no_step_uses", "requirements.txt is used by no step"),
        ("no_image", "ValueError: no image is set"),
        ("an_unknown_script", "has no script 'tran.py': it has .*train.py"),
        ("an_unknown_area", "ValueError: the lake has no area 'lost': allowed are accepted-data"),
        ("an_unknown_output", "KeyError: 'train'"),
        ("a_message_with_too_few_values", "ValueError: .* has 2 places for 1 values"),
        ("a_job_without_a_role", "DefinitionError: step Job has no declared role"),
        ("a_branch_that_was_not_added", "DefinitionError: step Tell cannot be in a branch of Gate"),
        (
            "rows_for_a_group_without_a_declaration",
            "step Ingest writes to the feature group 'pages': allowed are those of written/",
        ),
        (
            "rows_for_a_group_by_an_unknown_engine",
            "step Ingest has the engine 'hosts': allowed are processing, spark",
        ),
        ("rows_for_a_group_without_an_online_store", "which has no online store to compare"),
        ("rows_for_a_group_whose_records_expire", r"ttl is {'Days': 1}, allowed is null"),
        ("rows_for_a_group_with_too_many_threads", "concurrency 257: allowed are 1 to 256"),
        (
            "rows_prepared_by_a_flow_that_is_not_declared",
            r"with a flow, but written/flow\.py does not exist: declare FLOW = Flow",
        ),
        (
            "rows_for_a_group_with_a_model_and_no_flow",
            "step Ingest has a model but flow=False: only a flow uses",
        ),
        ("a_step_that_needs_a_session", "DefinitionError: step Uploads cannot be compiled without"),
        (
            "a_type_without_a_kind",
            "DefinitionError: step Deploy: the actions of the exec",
        ),
        ("a_serverless_job_without_a_role", "pass one, p.add.step, role='EmrServerless'."),
    ],
)
def test_what_cannot_be_is_refused_by_name(written, name, said):
    assert re.search(said, written[name].get("error", "nothing was raised")), written[name]


def test_every_function_has_a_test(written):
    source = Path(__file__).read_text()
    assert [name for name in written if f'"{name}"' not in source] == []


def test_rows_are_written_into_a_group_by_one_instance_with_permissions_on_this_group(written):
    request = steps(written, "rows_for_a_group")["Ingest"].arguments
    assert request["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 1
    assert request["NetworkConfig"]["EnableNetworkIsolation"] is False
    assert request["AppSpecification"]["ContainerEntrypoint"][-1] == (
        "pipeline_code.runtime.ingest_features"
    )
    name = {"Std:Join": {"On": "", "Values": [{"Get": "Environment.FeatureGroupPrefix"}, "visits"]}}
    assert request["Environment"] == {
        "FEATURE_GROUP": name,
        "FEATURE_GROUP_DECLARED_AS": "visits",
        "FEATURE_GROUP_PACKAGE": "workflow.written",
        "FEATURE_GROUP_WORKERS": "4",
    }
    job = manifest(written, "rows_for_a_group").job("Processing")
    assert job.feature_groups == ("visits",)
    assert {"sagemaker:BatchGetRecord", "sagemaker:PutRecord"} <= set(job.actions)


def test_spark_writes_rows_into_a_group_on_all_instances_with_the_same_permissions(written):
    request = steps(written, "rows_for_a_group_by_spark")["Ingest"].arguments
    assert request["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 3
    assert request["NetworkConfig"]["EnableNetworkIsolation"] is False
    started = request["AppSpecification"]["ContainerEntrypoint"]
    assert (started[0], started[-1]) == ("smspark-submit", "pipeline_code.runtime.spark.ingestion")
    without = steps(written, "rows_for_a_group")["Ingest"].arguments["Environment"]
    changed = {"FEATURE_GROUP_WORKERS": "16", "FEATURE_FLOW": "workflow.written"}
    assert request["Environment"] == without | changed
    job = manifest(written, "rows_for_a_group_by_spark").job("Processing")
    assert job.feature_groups == ("visits",)


def test_rows_are_prepared_by_the_flow_that_a_model_was_trained_with(written):
    request = steps(written, "rows_prepared_by_the_flow_of_a_model")["Ingest"].arguments
    assert request["Environment"]["FEATURE_FLOW"] == "workflow.written"
    model = request["ProcessingInputs"][-1]
    assert model["InputName"] == "model"
    assert "Steps.Train.ModelArtifacts.S3ModelArtifacts" in json.dumps(model)


def test_rows_of_athena_are_unloaded_below_the_prefix_of_the_run(written):
    (_, given) = steps(written, "rows_of_athena")["Read"].arguments["ProcessingInputs"]
    dataset = given["DatasetDefinition"]["AthenaDatasetDefinition"]
    assert dataset["Database"] == {"Get": "Environment.FeaturesDatabase"}
    assert dataset["WorkGroup"] == {"Get": "Environment.AthenaWorkgroup"}
    assert dataset["QueryString"] == {"Get": "Text.query.sql"}
    job = manifest(written, "rows_of_athena").job("Processing")
    assert Place("unload", "written", "*/data/rows/") in job.writes
    assert Place("unload", "written") in job.reads


def test_a_spark_step_is_started_by_smspark_submit_and_every_instance_has_all_files(written):
    request = steps(written, "spark_script")["Join"].arguments
    image = {"Get": "Environment.SparkImageUri"}
    assert request["AppSpecification"]["ImageUri"] == image
    started, inputs = request["AppSpecification"]["ContainerEntrypoint"], "/opt/ml/processing/input"
    assert started == [
        "smspark-submit",
        *("--local-spark-event-logs-dir", "/opt/ml/processing/spark-events/"),
        *("--py-files", joined(f"{inputs}/code", {"Get": "Environment.CodeFile"})),
        *("--jars", f"{inputs}/jars"),
        joined(f"{inputs}/spark-driver", {"Get": "Environment.SparkDriverFile"}),
        "workflow.written",
        "preprocess",
    ]
    given = {each["InputName"]: each for each in request["ProcessingInputs"]}
    assert list(given) == ["code", "spark-driver", "spark-wheels", "jars", "conf", "data"]
    assert given["data"]["DatasetDefinition"]["DataDistributionType"] == "FullyReplicated"
    assert given["conf"]["S3Input"]["LocalPath"] == f"{inputs}/conf"
    rows, events = request["ProcessingOutputConfig"]["Outputs"]
    assert rows["S3Output"]["LocalPath"] == "/opt/ml/processing/output/rows"
    assert events["OutputName"] == "spark-events"
    assert events["S3Output"]["LocalPath"] == "/opt/ml/processing/spark-events/"
    # The hosts of the cluster connect to each other.
    assert request["NetworkConfig"]["EnableNetworkIsolation"] is False
    job = manifest(written, "spark_script").job("Processing")
    assert job.images == ("SparkImageUri",)
    assert job.code
    assert Place("runs", "written", "*/Join/spark-events/") in job.writes
    assert Place("incoming", "written") in job.reads
    assert manifest(written, "spark_script").image_uris["SparkImageUri"]["us-east-1"] == (
        "173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.5-cpu-py312"
    )


def test_a_jar_runs_its_class(written):
    request = steps(written, "spark_program")["Count"].arguments
    assert request["AppSpecification"]["ContainerEntrypoint"] == [
        "smspark-submit",
        *("--class", "org.example.Count"),
        *("--jars", "/opt/ml/processing/input/jars"),
        *("/opt/ml/processing/input/jars/count.jar", "--all"),
    ]
    assert "SparkDriverKey" not in manifest(written, "spark_program").environment


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("spark_program_elsewhere", "step Count has the JAR 'jars/count.jar': allowed is the name"),
        ("spark_shares_of_two_inputs", "step Prepare has the inputs a, b: allowed is one"),
        ("spark_input_of_the_step", "step Join has the input code, which the step adds itself"),
    ],
)
def test_a_wrong_spark_step_is_rejected(written, name, message):
    assert message in written[name]["error"]


def test_a_job_runs_on_the_cluster_of_the_environment(written):
    found = steps(written, "a_job_on_a_cluster")
    assert found["Join"].arguments == {
        "StepConfig": {
            "HadoopJarStep": {
                "Jar": "command-runner.jar",
                "Args": ["spark-submit", "s3://lake/join.py"],
            }
        },
        "ClusterId": {"Get": "Environment.EmrClusterId"},
    }
    join, declared = manifest(written, "a_job_on_a_cluster").steps
    assert join.execution == declared.execution
    assert "elasticmapreduce:AddJobFlowSteps" in join.execution.actions
    assert "elasticmapreduce:RunJobFlow" not in join.execution.actions
    assert join.role is None
    assert lint(written["a_job_on_a_cluster"]["body"]) == []


def test_a_step_creates_a_cluster_with_roles_of_its_own(written):
    found = steps(written, "a_job_on_a_new_cluster")
    arguments = found["Join"].arguments
    cluster = arguments["ClusterConfig"]
    assert cluster["JobFlowRole"] == {"Get": "Environment.EmrInstanceProfile"}
    assert cluster["ServiceRole"] == {"Get": "Environment.EmrServiceRole"}
    counts = [each["InstanceCount"] for each in cluster["Instances"]["InstanceGroups"]]
    assert counts == [1, {"Get": "Parameters.Cores"}]
    # AWS rejects these members: "EMR step" in build-and-manage-steps-types.html.
    assert not {"Name", "Steps", "AutoTerminationPolicy"} & set(cluster)
    *_, name, output = arguments["StepConfig"]["HadoopJarStep"]["Args"]
    assert name == "--joined"
    assert output["Std:Join"]["Values"][-2:] == ["Join", "joined"]
    (read,) = [
        each["S3Input"]["S3Uri"]
        for each in found["Read"].arguments["ProcessingInputs"]
        if each["InputName"] == "rows"
    ]
    assert read == {"Get": "Steps.Join.Config.Args[5]"}
    assert lint(written["a_job_on_a_new_cluster"]["body"]) == []


def test_the_role_of_a_new_cluster_reads_its_arguments_and_writes_its_outputs(written):
    join, read = manifest(written, "a_job_on_a_new_cluster").steps
    assert join.role == "EmrCluster"
    assert {"elasticmapreduce:RunJobFlow", "iam:PassRole"} < set(join.execution.actions)
    assert "elasticmapreduce:AddJobFlowSteps" not in join.execution.actions
    assert join.job.reads == (Place("incoming", "written"), Place("runs", "written"))
    written_to = {place.path for place in join.job.writes}
    assert written_to == {"*/Join/joined/", "*/Join/logs/"}
    assert Place("runs", "written") in read.job.reads


def test_a_job_runs_on_an_application_of_emr_serverless(written):
    found = steps(written, "jobs_of_emr_serverless")
    role = {"Get": "Environment.EmrServerlessRoleArn"}
    application = {"Get": "Environment.EmrApplicationId"}
    arguments = found["Join"].arguments
    assert arguments["ExecutionRoleArn"] == arguments["JobConfig"]["executionRoleArn"] == role
    assert arguments["ApplicationId"] == arguments["JobConfig"]["applicationId"] == application
    job = arguments["JobConfig"]["jobDriver"]["sparkSubmit"]
    assert job["entryPointArguments"][::2] == ["--rows", "--joined"]
    assert job["sparkSubmitParameters"]["Std:Join"]["Values"][0] == "--py-files"
    created = found["Count"].arguments["ApplicationConfig"]
    assert (created["type"], created["name"]) == ("SPARK", "written-Count")
    assert found["Crunch"].arguments["ExecutionRoleArn"] == role
    assert found["Crunch"].arguments["JobConfig"]["executionRoleArn"] == role
    assert lint(written["jobs_of_emr_serverless"]["body"]) == []


def test_the_role_of_a_serverless_job_reads_its_arguments_and_writes_its_outputs(written):
    join, count, _ = manifest(written, "jobs_of_emr_serverless").steps
    assert (join.role, count.role) == ("EmrServerless", "EmrServerless")
    assert join.job.reads == (Place("incoming", "written"), Place("runs", "written"))
    assert {place.path for place in join.job.writes} == {"*/Join/joined/", "*/Join/logs/"}
    assert "emr-serverless:CreateApplication" not in join.execution.actions
    assert "emr-serverless:CreateApplication" in count.execution.actions


def joined(*values):
    return {"Std:Join": {"On": "/", "Values": list(values)}}
