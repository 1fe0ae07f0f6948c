"""The stack that serves a pipeline's approved models."""

import json
from dataclasses import replace
from fnmatch import fnmatchcase

import botocore.session
import pytest

from pipeline_code.compiler import Place, compiled
from stacks.application import build_app
from stacks.config import ConfigurationError, Environment, Pipeline, Serving
from tests.application.environments import BASIC, DEMAND, ENVIRONMENTS, FILES, FIXED, ROOT
from tests.application.synthesised import synthesised
from tests.synthesis import joined, statements, synthesise

PART = "demand-serving"
METRIC = "RefusedModels"


def settings(name) -> Serving:
    return next(each.serving for each in ENVIRONMENTS[name].pipelines if each.serving)


def variables(environment):
    """The environment variables of the deployer."""
    found = environment.resources(PART, "AWS::Lambda::Function")
    (deployer,) = [each for name, each in found.items() if name.startswith("Deployer")]
    return deployer["Properties"]["Environment"]["Variables"]


def requests(environment):
    return json.loads(joined(variables(environment)["REQUESTS"]))


def granted(environment, begin):
    """The statements of the policies whose logical id starts with a prefix."""
    found = environment.resources(PART, "AWS::IAM::Policy").items()
    return [each for name, policy in found if name.startswith(begin) for each in statements(policy)]


def allowed(environment, begin, action):
    return {
        joined(resource)
        for statement in granted(environment, begin)
        if any(fnmatchcase(action, pattern) for pattern in statement["Action"])
        for resource in statement["Resource"]
    }


def rule(environment, begin):
    found = environment.resources(PART, "AWS::Events::Rule").items()
    (rule,) = [each["Properties"] for name, each in found if name.startswith(begin)]
    return rule


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_instances_are_those_of_the_environment(name):
    asked, serving = requests(synthesised(name)), settings(name)
    assert asked["variant"]["InstanceType"] == serving.instance_type
    assert asked["variant"]["InitialInstanceCount"] == serving.initial_instances
    assert asked["scaling"] == {
        "Min": serving.min_instances,
        "Max": serving.max_instances,
        "InvocationsPerInstance": serving.invocations_per_instance,
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_sagemaker_takes_the_requests(name):
    asked = requests(synthesised(name))
    model = botocore.session.get_session().get_service_model("sagemaker")
    shapes = {
        "CreateModel": asked["model"],
        "CreateEndpointConfig": {**asked["config"], "ProductionVariants": [asked["variant"]]},
        "UpdateEndpoint": {"DeploymentConfig": asked["deployment"]},
    }
    for operation, request in shapes.items():
        assert request.keys() <= model.operation_model(operation).input_shape.members.keys()
    types = model.shape_for("ProductionVariantInstanceType").enum
    assert asked["variant"]["InstanceType"] in types


def test_the_same_data_of_what_is_answered_is_captured_where_it_expires(basic):
    capture = requests(basic)["config"]["DataCaptureConfig"]
    assert capture["DestinationS3Uri"].endswith("/captured/demand")
    assert capture["InitialSamplingPercentage"] == 100
    assert [each["CaptureMode"] for each in capture["CaptureOptions"]] == ["Input", "Output"]


def test_a_canary_goes_first(retained):
    deployment = requests(retained)["deployment"]
    policy = deployment["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"] == {
        "Type": "CANARY",
        "WaitIntervalInSeconds": 600,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
    }
    assert policy["MaximumExecutionTimeoutInSeconds"] > 600 + policy["TerminationWaitInSeconds"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_deployment_is_rolled_back_by_the_errors_and_the_latency_of_the_new_fleet(name):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoRollbackConfig.html

    and https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
    """
    alarms = requests(synthesised(name))["rollback_alarms"]
    assert 1 <= len(alarms) <= 10
    assert {suffix: alarm["MetricName"] for suffix, alarm in alarms.items()} == {
        "errors": "Invocation5XXErrors",
        "latency": "ModelLatency",
    }
    assert alarms["errors"]["Threshold"] == settings(name).max_error_percent / 100
    model = botocore.session.get_session().get_service_model("cloudwatch")
    members = model.operation_model("PutMetricAlarm").input_shape.members
    for alarm in alarms.values():
        assert alarm.keys() < members.keys()
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["Period"] * alarm["EvaluationPeriods"] == 60


def test_no_alarm_on_both_fleets_rolls_a_deployment_back(environment):
    """An alarm of the stack also counts the errors of the version in service."""
    deployment = requests(environment)["deployment"]
    assert deployment.keys() == {"BlueGreenUpdatePolicy"}


def test_the_deployer_and_the_emptier_change_only_alarms_of_deployments(environment):
    endpoint = variables(environment)["ENDPOINT_NAME"]
    named = {f"alarm:{endpoint}-v*"}

    def alarms(begin, action):
        found = {arn.partition(":alarm:")[1:] for arn in allowed(environment, begin, action)}
        return {"".join(each).lstrip(":") for each in found}

    assert alarms("EndpointEmptier", "cloudwatch:DeleteAlarms") == named
    assert alarms("Model", "cloudwatch:DescribeAlarms") == named
    of_scaling = {f"alarm:TargetTracking-endpoint/{endpoint}/*"}
    assert alarms("DeployerPolicy", "cloudwatch:PutMetricAlarm") == named | of_scaling
    assert alarms("DeployerPolicy", "cloudwatch:DeleteAlarms") == named | of_scaling


def test_one_instance_is_exchanged_at_once():
    routing = requests(synthesised("internet"))["deployment"]["BlueGreenUpdatePolicy"]
    assert routing["TrafficRoutingConfiguration"]["Type"] == "ALL_AT_ONCE"


@pytest.mark.parametrize("metric", ["Invocation5XXErrors", "ModelLatency"])
def test_the_alarms_watch_the_endpoint(environment, metric):
    alarms = environment.resources(PART, "AWS::CloudWatch::Alarm").values()
    (alarm,) = [each["Properties"] for each in alarms if each["Properties"]["MetricName"] == metric]
    assert alarm["Namespace"] == "AWS/SageMaker"
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    assert dimensions["VariantName"] == "AllTraffic"
    assert (
        dimensions["EndpointName"]
        == environment.templates[PART]["Outputs"]["EndpointName"]["Value"]
    )
    assert "alerts" in str(alarm["AlarmActions"])


def test_approvals_and_rejections_of_the_group_call_the_deployer(environment):
    found = rule(environment, "DeployerPackages")
    assert found["EventPattern"]["detail-type"] == ["SageMaker Model Package State Change"]
    detail = found["EventPattern"]["detail"]
    assert detail["ModelApprovalStatus"] == ["Approved", "Rejected"]
    outputs = environment.templates["demand"]["Outputs"]
    assert detail["ModelPackageGroupName"] == [outputs["ModelPackageGroupName"]["Value"]]


def test_the_end_of_a_deployment_calls_the_deployer(environment):
    detail = rule(environment, "DeployerEndpoint")["EventPattern"]["detail"]
    assert detail["EndpointStatus"] == ["IN_SERVICE", "FAILED"]
    assert detail["EndpointName"] == [variables(environment)["ENDPOINT_NAME"]]


@pytest.mark.parametrize("name", ["DeployerPackages", "DeployerEndpoint"])
def test_an_event_that_cannot_be_delivered_is_tried_again_and_kept(environment, name):
    (target,) = rule(environment, name)["Targets"]
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 3
    assert "DeployerFailed" in str(target["DeadLetterConfig"]["Arn"])


def test_an_event_that_the_deployer_failed_on_is_kept_and_raises_an_alarm(environment):
    functions = environment.resources(PART, "AWS::Lambda::Function")
    (deployer,) = [each for name, each in functions.items() if name.startswith("Deployer")]
    letters = deployer["Properties"]["DeadLetterConfig"]["TargetArn"]
    assert "DeployerFailed" in str(letters)
    alarms = environment.resources(PART, "AWS::CloudWatch::Alarm")
    (alarm,) = [each for name, each in alarms.items() if name.startswith("DeployerFailed")]
    assert "alerts" in str(alarm["Properties"]["AlarmActions"])


def test_an_event_that_the_queue_did_not_receive_raises_an_alarm(environment):
    alarms = environment.resources(PART, "AWS::CloudWatch::Alarm").items()
    (alarm,) = [each["Properties"] for name, each in alarms if name.startswith("DeployerLost")]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "DeadLetterErrors")
    assert "DeployerFunction" in str(alarm["Dimensions"])
    assert "alerts" in str(alarm["AlarmActions"])


def test_a_failed_endpoint_is_reported(environment):
    found = rule(environment, "FailureAlert")
    assert found["EventPattern"]["detail"]["EndpointStatus"] == [
        "FAILED",
        "UPDATE_ROLLBACK_FAILED",
    ]
    assert "alerts" in str(found["Targets"][0]["Arn"])


def test_the_model_reads_what_its_pipeline_keeps_and_writes_what_is_captured(environment):
    def paths(action):
        return {path.rsplit(">", 1)[-1] for path in allowed(environment, "Model", action)}

    assert paths("s3:GetObject") == {"/kept/demand/*"}
    assert paths("s3:PutObject") == {"/captured/demand/*"}
    assert not allowed(environment, "Model", "redshift:GetClusterCredentials")


def test_the_model_reads_where_its_pipeline_registers_models_from(monkeypatch):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (CreateModel API)"""
    trained = compiled("demand", options={"model": "registered"}, root=ROOT)
    assert not any(need.role == "Model" for need in trained.manifest.steps)
    elsewhere = (Place("incoming", "demand"),)
    steps = tuple(
        replace(need, hosting=replace(need.hosting, reads=elsewhere))
        if need.hosting.reads
        else need
        for need in trained.manifest.steps
    )
    manifest = replace(trained.manifest, steps=steps)
    moved = replace(trained, manifest=manifest)
    monkeypatch.setattr("stacks.application.compiled_all", lambda _: [moved])
    role = synthesise(only(DEMAND), **FIXED)
    for action, place in {"s3:GetObject": "/incoming/demand/*", "kms:Decrypt": "DataKey"}.items():
        (resource,) = allowed(role, "Model", action)
        assert place in resource


@pytest.mark.parametrize("begin", ["Model", "DeployerPolicy"])
def test_captured_data_may_be_encrypted_with_its_key(environment, begin):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (output keys)"""
    (key,) = allowed(environment, begin, "kms:Encrypt")
    assert "DataKey" in key


def test_models_see_neither_the_internet_nor_each_other(environment):
    model = requests(environment)["model"]
    assert model["EnableNetworkIsolation"] is True
    assert len(model["VpcConfig"]["Subnets"]) >= 2
    assert len(model["VpcConfig"]["SecurityGroupIds"]) == 1


def test_the_deployer_acts_on_its_own_endpoint(environment):
    endpoint = variables(environment)["ENDPOINT_NAME"]
    for action, kinds in {
        "sagemaker:UpdateEndpoint": {"endpoint", "endpoint-config", "model"},
        "sagemaker:CreateEndpointConfig": {"endpoint-config"},
        "sagemaker:CreateModel": {"model", "model-package"},
        "sagemaker:AddTags": {"endpoint", "endpoint-config", "model"},
    }.items():
        found = {arn.rsplit(":", 1)[-1] for arn in allowed(environment, "DeployerPolicy", action)}
        assert {each.split("/")[0] for each in found} == kinds, action
        assert all(each.split("/")[1].startswith(endpoint) for each in found), action


def test_the_deployer_reads_models_and_records_refusals_only(environment):
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html"""
    read = allowed(environment, "DeployerPolicy", "s3:GetObject")
    assert {path.rsplit(">", 1)[-1] for path in read} == {"/kept/demand/*/Train/model/*"}
    (update,) = [
        each
        for each in granted(environment, "DeployerPolicy")
        if "sagemaker:UpdateModelPackage" in each["Action"]
    ]
    assert update["Action"] == ["sagemaker:UpdateModelPackage"]
    absent = update["Condition"]["Null"]
    assert absent["sagemaker:ModelApprovalStatus"] == "true"
    assert absent["sagemaker:CustomerMetadataProperties/model_sha256"] == "true"
    assert update["Condition"]["ForAllValues:StringEquals"] == {
        "sagemaker:CustomerMetadataPropertiesToRemove": ["deployment_refused"]
    }


def test_a_refused_model_raises_an_alarm(environment):
    alarms = environment.resources(PART, "AWS::CloudWatch::Alarm").values()
    (alarm,) = [a["Properties"] for a in alarms if a["Properties"].get("MetricName") == METRIC]
    (dimension,) = alarm["Dimensions"]
    assert dimension["Name"] == "FunctionName"
    assert dimension["Value"]["Ref"].startswith("DeployerFunction")
    assert len(alarm["AlarmActions"]) == 1


def test_the_deployer_hands_the_models_role_to_sagemaker_alone(environment):
    (passing,) = [
        each
        for each in granted(environment, "DeployerPolicy")
        if each["Action"] == ["iam:PassRole"]
    ]
    assert [joined(each) for each in passing["Resource"]] == [
        requests(environment)["model"]["ExecutionRoleArn"]
    ]
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
    }


def test_the_endpoint_follows_its_stack_and_goes_with_it(environment):
    emptied = environment.the(PART, "Custom::EmptyEndpoint")
    assert emptied["EndpointName"] == variables(environment)["ENDPOINT_NAME"]
    assert joined(emptied["Requests"]) == joined(variables(environment)["REQUESTS"])
    assert "Deployer" in str(emptied["DeployerArn"])
    resources = environment.templates[PART]["Resources"]
    (name,) = environment.resources(PART, "Custom::EmptyEndpoint")
    rules = [
        each for each in resources if each.startswith(("DeployerPackages", "DeployerEndpoint"))
    ]
    of_rules = [each for each in rules if resources[each]["Type"] == "AWS::Events::Rule"]
    assert len(of_rules) == 2
    for each in of_rules:
        assert name in resources[each]["DependsOn"], "deleted after the rules, made before them"


def test_the_emptier_removes_what_is_named_after_the_endpoint_alone(environment):
    endpoint = variables(environment)["ENDPOINT_NAME"]
    for action, names in {
        "sagemaker:DeleteEndpoint": {f"endpoint/{endpoint}"},
        "sagemaker:DeleteModel": {f"model/{endpoint}-v*", f"endpoint-config/{endpoint}-v*"},
    }.items():
        found = allowed(environment, "EndpointEmptierPolicy", action)
        assert {arn.rsplit(":", 1)[-1] for arn in found} == names


def test_no_endpoint_is_in_a_template(environment):
    for where, resource in environment.everything():
        assert resource["Type"] != "AWS::SageMaker::Endpoint", where


def test_without_captured_share_nothing_is_captured():
    environment = only(replace(DEMAND, serving=Serving(capture_percent=0)))
    assembly = build_app(environment, **FIXED).synth()
    template = assembly.get_stack_by_name("redline-basic-demand-serving")
    functions = [
        each["Properties"]
        for name, each in template.template["Resources"].items()
        if each["Type"] == "AWS::Lambda::Function" and name.startswith("Deployer")
    ]
    (text,) = [joined(each["Environment"]["Variables"]["REQUESTS"]) for each in functions]
    assert "DataCaptureConfig" not in text


def test_a_pipeline_without_models_cannot_be_served():
    served = replace(FILES, serving=Serving())
    with pytest.raises(ConfigurationError, match="files.serving is .* registers no models"):
        build_app(only(served), **FIXED)


def only(pipeline: Pipeline) -> Environment:
    return replace(BASIC, pipelines=(pipeline,))
