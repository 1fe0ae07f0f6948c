"""An environment on a laptop cloud, the assembly of its app, and functions that create stacks."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from local_cloud.server import running
from operations.environment_clients import EnvironmentClients
from stacks.environments import ENVIRONMENTS

TAGS = [{"Key": "Environment", "Value": "dev"}, {"Key": "Project", "Value": "redline"}]
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"Tags": TAGS}}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(state=tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def aws(cloud):
    return EnvironmentClients.of(ENVIRONMENTS["dev"], cloud.client)


@pytest.fixture
def app(tmp_path):
    """The folder of an assembly that contains only the stack redline-dev-data."""
    properties = {"templateFile": "data.json"}
    artifact = {"type": "aws:cloudformation:stack", "properties": properties}
    (tmp_path / "manifest.json").write_text(
        json.dumps({"artifacts": {"redline-dev-data": artifact}})
    )
    (tmp_path / "data.json").write_text(json.dumps({"Resources": TOPIC}))
    return tmp_path


@pytest.fixture
def create(cloud):
    """Return a function that creates a stack. All stacks are deleted at the end."""
    client = cloud.client("cloudformation")
    created = []

    def create_stack(name, resources=MappingProxyType({}), *, tagged=TOPIC, outputs=None):
        template = {"Resources": {**tagged, **resources}}
        if outputs:
            template["Outputs"] = {key: {"Value": value} for key, value in outputs.items()}
        client.create_stack(StackName=name, TemplateBody=json.dumps(template))
        created.append(name)

    yield create_stack
    for name in reversed(created):
        client.delete_stack(StackName=name)
