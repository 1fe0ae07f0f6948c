"""The execution role creates only jobs and models like those of its definition.

The keys of a request are those that the laptop cloud evaluates:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html
"""

from __future__ import annotations

import copy
import json
import re

import pytest

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.context_keys import request_keys, request_tags
from local_cloud.authorization.policy_conditions import holds
from local_cloud.definition_rules.document import steps_of
from stacks.environments import ENVIRONMENTS as DECLARED
from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised
from tests.declared.environments import declared
from tests.synthesis import joined, statements

CREATES = {
    "Model": "CreateModel",
    "Processing": "CreateProcessingJob",
    "Training": "CreateTrainingJob",
    "Transform": "CreateTransformJob",
}
EVERY = [(synthesised, name) for name in ENVIRONMENTS] + [(declared, name) for name in DECLARED]


KEY = re.compile("<[^>]*DataKey[^>]*>")
KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/own"
REFERENCES = {"Ref", "Fn::GetAtt", "Fn::Join", "Fn::ImportValue"}


def text(value):
    """Return conditions with the references of a template as strings."""
    if isinstance(value, dict) and not REFERENCES & set(value):
        return {key: text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [text(each) for each in value]
    return known(value)


def known(value):
    """Return a string of a template, with an ARN for the key of the environment."""
    return KEY.sub(KEY_ARN, joined(value))


def conditions(environment, part):
    """Return action -> conditions of the execution role of a pipeline."""
    (policy,) = [
        each
        for name, each in environment.resources(part, "AWS::IAM::Policy").items()
        if name.startswith("RolesExecutionRole")
    ]
    return {
        action.partition(":")[2]: text(each.get("Condition", {}))
        for each in statements(policy)
        for action in each["Action"]
    }


def requests(environment, part):
    """Return step -> action and request, with the defaults of the parameters."""
    pipeline = environment.the(part, "AWS::SageMaker::Pipeline")
    body = json.loads(known(pipeline["PipelineDefinition"]["PipelineDefinitionBody"]))
    defaults = {each["Name"]: each.get("DefaultValue") for each in body.get("Parameters", [])}
    return {
        step.name: (CREATES[step.type], resolved(step.arguments, defaults))
        for step in steps_of(body)
        if step.type in CREATES
    }


def resolved(value, defaults):
    if isinstance(value, dict):
        name = str(value.get("Get")).removeprefix("Parameters.")
        return (
            defaults.get(name)
            if name in defaults
            else {k: resolved(v, defaults) for k, v in value.items()}
        )
    return [resolved(each, defaults) for each in value] if isinstance(value, list) else value


def allowed(condition, action, request):
    asked = AuthorizationRequest(f"sagemaker:{action}", "us-east-1", "1" * 12, request.get)
    return holds(condition, request_keys(asked))


@pytest.mark.parametrize(("synthesise", "name"), EVERY)
def test_the_requests_of_every_definition_are_allowed(synthesise, name):
    environment = synthesise(name)
    for pipeline in environment.environment.pipelines:
        if pipeline.enabled:
            found = conditions(environment, pipeline.name)
            for step, (action, request) in requests(environment, pipeline.name).items():
                assert allowed(found[action], action, request), (pipeline.name, step)
                tags = AuthorizationRequest(f"sagemaker:{action}", "", "", request.get)
                keys = {**request_tags(tags), "sagemaker:taggingaction": (action,)}
                assert holds(found["AddTags"], keys), (pipeline.name, step)


FOREIGN = "arn:aws:kms:us-east-1:111122223333:key/foreign"
CHANGES = {
    "Processing": {
        "ProcessingResources.ClusterConfig.InstanceType": "ml.p4d.24xlarge",
        "ProcessingResources.ClusterConfig.VolumeKmsKeyId": FOREIGN,
        "ProcessingOutputConfig.KmsKeyId": FOREIGN,
        "NetworkConfig.VpcConfig.Subnets": ["subnet-foreign"],
        "NetworkConfig.VpcConfig.SecurityGroupIds": ["sg-foreign"],
        "NetworkConfig.VpcConfig": None,
        "Tags": [{"Key": "Pipeline", "Value": "other"}],
    },
    "Training": {
        "ResourceConfig.InstanceType": "ml.p4d.24xlarge",
        "ResourceConfig.VolumeKmsKeyId": None,
        "OutputDataConfig.KmsKeyId": FOREIGN,
        "VpcConfig.Subnets": ["subnet-foreign"],
        "VpcConfig": None,
        "EnableNetworkIsolation": False,
    },
    "Transform": {
        "TransformResources.InstanceType": "ml.p4d.24xlarge",
        "TransformResources.VolumeKmsKeyId": FOREIGN,
        "TransformOutput.KmsKeyId": FOREIGN,
        "Tags": None,
    },
    "Model": {
        "VpcConfig.SecurityGroupIds": ["sg-foreign"],
        "VpcConfig": None,
        "EnableNetworkIsolation": False,
    },
}


@pytest.mark.parametrize(
    ("kind", "path"), [(kind, path) for kind, paths in CHANGES.items() for path in paths]
)
def test_a_changed_request_is_denied(kind, path):
    environment, action = synthesised("basic"), CREATES[kind]
    part = "demand-batch" if kind == "Transform" else "demand"
    found = next(r for a, r in requests(environment, part).values() if a == action)
    request = copy.deepcopy(found)
    *parents, last = path.split(".")
    inner = request
    for each in parents:
        inner = inner[each]
    assert last in inner
    inner[last] = CHANGES[kind][path]
    assert not allowed(conditions(environment, part)[action], action, request)


def test_a_start_may_choose_another_instance_of_the_environment():
    environment = synthesised("basic")
    (action, request), *_ = requests(environment, "demand").values()
    cluster = request["ProcessingResources"]["ClusterConfig"]
    condition = conditions(environment, "demand")[action]
    for kind, expected in {"ml.m5.4xlarge": True, "ml.m5d.large": False}.items():
        cluster["InstanceType"] = kind
        assert allowed(condition, action, request) is expected


@pytest.mark.parametrize("action", ["StopProcessingJob", "StopTrainingJob"])
def test_other_pipelines_and_environments_are_denied(action):
    condition = conditions(synthesised("basic"), "demand")[action]
    own = {"aws:resourcetag/pipeline": ("demand",), "aws:resourcetag/environment": ("basic",)}
    assert holds(condition, own)
    assert not holds(condition, {**own, "aws:resourcetag/pipeline": ("files",)})
    assert not holds(condition, {**own, "aws:resourcetag/environment": ("prod",)})
    assert not holds(condition, {})


def test_tags_of_existing_jobs_cannot_be_changed():
    condition = conditions(synthesised("basic"), "demand")["AddTags"]
    tags = {"aws:requesttag/pipeline": ("demand",), "aws:requesttag/environment": ("basic",)}
    assert not holds(condition, tags)
    assert not holds(condition, {**tags, "sagemaker:taggingaction": ("CreateEndpoint",)})
